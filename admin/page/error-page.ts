import type { AppError } from '../../core/errors.ts';
import { markSvg } from '../brand.ts';
import { sayOf } from '../locale/languages.ts';
import { sayProblem } from '../locale/say-problem.ts';
import { escapeHtml } from '../security/escape.ts';

interface ErrorPage {
  /** The panel's own address. */
  panel: string;
  requestId: string;
  language: string;
}

/** An error as a small page of its own; its detail is in that language already. */
export function renderErrorPage(error: AppError, { panel, requestId, language }: ErrorPage): string {
  const say = sayOf(language);
  const title = escapeHtml(sayProblem(language, error.title));
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Darkroom</title>
<style>
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;font:16px/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{max-width:440px}svg{width:32px;height:32px}h1{font-size:22px;margin:16px 0 8px}p{margin:0 0 12px}small{opacity:.65}
</style>
</head>
<body><main>${markSvg}
<h1>${title}</h1>
<p>${escapeHtml(error.detail)}</p>
<p><a href="${panel}">${escapeHtml(say('To the panel'))}</a></p>
${requestId ? `<small>${escapeHtml(say('Request {{id}}', { id: requestId }))}</small>` : ''}
</main></body>
</html>`;
}
