import { markSvg } from '../brand.ts';
import { escapeHtml } from '../security/escape.ts';

export interface EntryPage {
  language: string;
  /** What the browser calls it. */
  title: string;
  /** What stands above the rest; the title when it is not given. */
  heading?: string;
  /** The address of the panel's icon. */
  icon: string;
  /** HTML below the heading. */
  body: string;
  /** CSS beside what all of these pages have. */
  style?: string;
}

/** A page that one sees before the panel: no script, nothing from another host, light and dark by the system's setting. */
export function renderEntryPage({ language, title, heading = title, icon, body, style = '' }: EntryPage): string {
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Darkroom</title>
<link rel="icon" href="${icon}" type="image/svg+xml">
<style>${entryStyle}${style}</style>
</head>
<body>
<main>
<div class="brand">${markSvg}<span>Darkroom</span></div>
<h1>${escapeHtml(heading)}</h1>
${body}
</main>
</body>
</html>`;
}

const entryStyle = `
:root{--bg:#f4f2ef;--card:#fff;--text:#1f1c1a;--soft:#6b645e;--line:#dcd6cf;--accent:#b3361e;--accent-text:#fff;--error-bg:#fdeeea;--error:#a02811;--ring:#b3361e40}
@media (prefers-color-scheme:dark){:root{--bg:#151312;--card:#1f1c1a;--text:#f1ece7;--soft:#a89f97;--line:#3a3532;--accent:#e2573b;--accent-text:#1a0d09;--error-bg:#3a1b14;--error:#ff9d87;--ring:#e2573b55}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--bg);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{width:100%;max-width:400px;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:36px 32px 28px;box-shadow:0 12px 40px -18px #0006}
.brand{display:flex;align-items:center;gap:10px;font-weight:650;font-size:17px;letter-spacing:-.01em}
.brand svg{width:28px;height:28px;display:block}
h1{font-size:23px;line-height:1.25;letter-spacing:-.02em;margin:22px 0 20px;font-weight:650}
label{display:block;font-size:14px;font-weight:550;margin:16px 0 6px}
input{width:100%;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:8px;padding:10px 12px;outline:none}
input:focus-visible{border-color:var(--accent);box-shadow:0 0 0 3px var(--ring)}
button{width:100%;margin-top:24px;font:inherit;font-weight:600;color:var(--accent-text);background:var(--accent);border:0;border-radius:8px;padding:11px 16px;cursor:pointer}
button:hover{filter:brightness(1.07)}
button:focus-visible{outline:none;box-shadow:0 0 0 3px var(--ring)}
.error{background:var(--error-bg);color:var(--error);border-radius:8px;padding:10px 12px;margin:0 0 4px;font-size:14px}
.hint{color:var(--soft);font-size:13px;margin:22px 0 0}
form.languages{display:flex;gap:14px;margin-top:20px}
.languages button{width:auto;margin:0;padding:2px 0;border-radius:2px;background:none;color:var(--soft);font-size:13px;font-weight:400;text-decoration:underline;text-underline-offset:3px}
.languages [aria-current]{color:var(--text);font-weight:600;text-decoration:none}
code{font:12px/1 ui-monospace,Menlo,Consolas,monospace;white-space:nowrap}
`.trim();
