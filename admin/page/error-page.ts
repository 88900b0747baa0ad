import type { AppError } from '../../core/errors.ts';
import { sayOf } from '../locale/languages.ts';
import { sayProblem } from '../locale/say-problem.ts';
import { escapeHtml } from '../security/escape.ts';
import { renderEntryPage } from './entry-page.ts';

interface ErrorPage {
  /** The panel's own address. */
  panel: string;
  requestId: string;
  language: string;
}

/** An error as a small page of its own; its detail is in that language already. */
export function renderErrorPage(error: AppError, { panel, requestId, language }: ErrorPage): string {
  const say = sayOf(language);
  const request = requestId ? `<p class="hint">${escapeHtml(say('Request {{id}}', { id: requestId }))}</p>` : '';
  return renderEntryPage({
    language,
    title: sayProblem(language, error.title),
    icon: `${panel}/assets/mark.svg`,
    body: `<p>${escapeHtml(error.detail)}</p>
<p><a href="${panel}">${escapeHtml(say('To the panel'))}</a></p>
${request}`,
    style: 'p{margin:0 0 12px}a{color:var(--accent)}.hint{overflow-wrap:anywhere}',
  });
}
