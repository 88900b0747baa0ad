import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../../core/errors.ts';
import { discardBody } from '../../server/http/discard-body.ts';
import { toAppError } from '../../server/http/to-app-error.ts';
import { languageOf } from '../locale/request-language.ts';
import { problemIn } from '../locale/say-problem.ts';
import { renderErrorPage } from '../page/error-page.ts';
import type { PanelPaths } from './panel-paths.ts';

export const nothingHere: RequestHandler = (_req, _res, next) => {
  next(new AppError('not_found', 'There is nothing at this address.'));
};

/**
 * The panel's last handler: the API answers in the form that AdminJS shows as a message, pages as a page. No stack, SQL
 * or path goes out.
 */
export function panelErrors({ logger, paths: { panel } }: { logger: Logger; paths: PanelPaths }): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    const english = isMissing(thrown)
      ? new AppError('not_found', 'There is no such record any more.', { cause: thrown })
      : toAppError(thrown);
    const fields = { requestId: res.locals.requestId, code: english.code, err: english.cause };
    if (english.status >= 500) logger.error(fields, english.detail);
    else logger.debug(fields, english.detail);
    const language = languageOf(req);
    const error = problemIn(language, english);
    res.locals.problemCode = error.code;
    if (res.headersSent) return res.destroy();
    if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
    if (error.allow) res.setHeader('Allow', error.allow.join(', '));
    res.status(error.status).setHeader('Cache-Control', 'no-store');
    const requestId = String(res.locals.requestId ?? '');
    if (wantsPage(req)) res.type('html').send(renderErrorPage(error, { panel, requestId, language }));
    else res.json(problemAnswer(error));
    discardBody(req);
  };
}

/** AdminJS's own NotFoundError, by its name: this module is there before AdminJS is. */
function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'NotFoundError' && 'statusCode' in thrown;
}

function wantsPage(req: Request): boolean {
  return !/^\/api(\/|$)/.test(req.path) && req.accepts(['json', 'html']) === 'html';
}

/** An error as an answer that AdminJS's client shows. */
export function problemAnswer(error: AppError) {
  return {
    notice: { type: 'error' as const, message: error.detail },
    problem: { code: error.code, status: error.status, detail: error.detail, errors: error.errors ?? [] },
    records: [],
  };
}
