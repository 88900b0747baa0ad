import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Problem } from '../../core/contracts/problem.ts';
import { AppError } from '../../core/errors.ts';
import { discardBody } from './discard-body.ts';
import { toAppError } from './to-app-error.ts';

/** The RFC 9457 document of an error. Nothing of its cause is in it. */
export function problemOf(error: AppError, requestId: string): Problem & Record<string, unknown> {
  return {
    type: 'about:blank',
    title: error.title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    instance: requestId,
    ...(error.errors ? { errors: error.errors } : {}),
    ...error.extra,
  };
}

/** They would be of what was to be sent, not of the problem. */
export const headersOfContent = ['ETag', 'Last-Modified', 'Accept-Ranges', 'Content-Disposition'];

/** Answers with a problem, and with the headers that its code calls for. */
export function sendProblem(req: Request, res: Response, error: AppError): void {
  if (error.status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="api"');
  if (error.allow) res.setHeader('Allow', error.allow.join(', '));
  if (error.retryAfterSeconds !== undefined) res.setHeader('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
  for (const name of headersOfContent) res.removeHeader(name);
  res.setHeader('Cache-Control', 'no-store');
  res.status(error.status);
  const body = JSON.stringify(problemOf(error, String(res.locals.requestId ?? '')));
  res.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(req.method === 'HEAD' ? undefined : body);
  discardBody(req);
}

/** The last handler: whatever was thrown, one shape goes out, and what is our fault is logged with its cause. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    const error = httpError(thrown) ?? toAppError(thrown);
    const fields = { requestId: res.locals.requestId, code: error.code, err: error.cause };
    if (isFault(error.status, error.code)) logger.error(fields, error.detail);
    else logger.debug(fields, error.detail);
    res.locals.problemCode = error.code;
    if (res.headersSent) res.destroy();
    else sendProblem(req, res, error);
  };
}

/** Whether somebody must look at it: a browser that is told to come back later is none. */
export function isFault(status: number, code: unknown): boolean {
  return status >= 500 && code !== 'prefetch_refused';
}

/** What Express and its middleware throw (`http-errors`); an address that cannot be decoded names nothing. */
function httpError(thrown: unknown): AppError | null {
  if (thrown instanceof AppError || thrown instanceof URIError || !(thrown instanceof Error)) return null;
  if (!('status' in thrown) || typeof thrown.status !== 'number') return null;
  if (thrown.status === 413) return new AppError('too_large', 'The body is too large.', { cause: thrown });
  if (thrown.status === 415) return new AppError('unsupported_encoding', 'Send the body as it is.', { cause: thrown });
  if (thrown.status >= 400 && thrown.status < 500) {
    return new AppError('invalid_request', 'The request cannot be read.', { cause: thrown });
  }
  return null;
}
