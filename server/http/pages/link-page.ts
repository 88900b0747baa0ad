import { hash } from 'node:crypto';
import { escapeHtml } from './escape-html.ts';
import { pageStyle } from './page-style.ts';

const style = `${pageStyle}
main { max-width: 34rem; margin: 0 auto; padding: clamp(2.5rem, 18vh, 10rem) 1.5rem 3rem; }
h1 { margin: 0 0 .6rem; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.02em; }
p { margin: 0; font-size: 1.05rem; color: var(--quiet); }
`;

/** The one style sheet is inside the page, and the only thing that the page may use. */
export const linkPagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** What a person sees who opens a link that gives no image. It says nothing of image, owner or service. */
export function linkPage({ title, text }: { title: string; text: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1><span class="mark"></span>${escapeHtml(title)}</h1>
<p>${escapeHtml(text)}</p>
</main>
</body>
</html>
`;
}
