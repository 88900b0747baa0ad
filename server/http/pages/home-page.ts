import { hash } from 'node:crypto';
import { escapeHtml } from './escape-html.ts';
import { pageStyle } from './page-style.ts';

const style = `${pageStyle}
main { max-width: 50rem; margin: 0 auto; padding: clamp(2.5rem, 10vh, 7rem) 1.5rem 3rem; }
h1 { margin: 0 0 .6rem; font-size: 2.1rem; line-height: 1.15; letter-spacing: -.02em; }
.lead { margin: 0 0 2.2rem; font-size: 1.1rem; color: var(--quiet); }
nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .9rem; margin: 0 0 2.4rem; }
nav a { display: block; padding: 1.05rem 1.2rem; border: 1px solid var(--line); border-radius: 10px;
  background: var(--paper); color: inherit; text-decoration: none; }
nav a:hover { border-color: var(--safelight); }
nav strong { display: block; }
nav span { color: var(--quiet); font-size: .92rem; }
h2 { margin: 0 0 .6rem; font-size: 1rem; }
pre { margin: 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: 10px; background: var(--code);
  font: .82rem/1.65 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-x: auto; }
`;

/** The one style sheet is inside the page, and the only thing that the page may use. */
export const homePagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a person sees who opens the address of the service. */
export function homePage({ publicUrl }: { publicUrl: string }): string {
  const url = escapeHtml(publicUrl);
  const path = escapeHtml(new URL(publicUrl).pathname.replace(/\/$/, ''));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Darkroom</title>
<style>${style}</style>
</head>
<body>
<main>
<h1><span class="mark"></span>Darkroom</h1>
<p class="lead">Upload images. The originals are kept safe byte for byte, the thumbnails are made, and links to them end when you say.</p>
<nav>
<a href="${path}/docs"><strong>Documentation</strong><span>Every call, to read and to try</span></a>
<a href="${path}/admin/"><strong>Panel</strong><span>Users, tiers and images, for staff</span></a>
<a href="${path}/openapi.json"><strong>openapi.json</strong><span>The same, for programs</span></a>
</nav>
<h2>A first upload</h2>
<pre>curl -s ${url}/token/ -d username=NAME -d password=PASSWORD
curl -s ${url}/image/upload -H "Authorization: Bearer ACCESS" -F file=@cat.png</pre>
</main>
</body>
</html>
`;
}
