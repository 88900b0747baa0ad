import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../../core/errors.ts';
import { discardBody } from '../http/discard-body.ts';
import { onceEach, parseJson, readSmallText } from '../http/read-small-body.ts';
import { searchOf } from '../http/search-of.ts';
import { errorDataOf, trpcCodeOf } from './trpc.ts';

/**
 * What REST refuses of an input, before tRPC takes it as it comes: parameters and names of JSON that are given twice, a
 * body that is too large, too slow or no UTF-8. The answer is an error as tRPC's own are.
 */
export const readTrpcInput: RequestHandler = async (req, res, next) => {
  try {
    const { input } = onceEach(new URLSearchParams(searchOf(req.originalUrl)));
    if (input !== undefined) parseJson(input);
    if (req.method === 'POST' && req.body === undefined && req.is('application/json')) {
      const text = await readSmallText(req);
      if (text !== '') parseJson(text);
      req.body = text;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return refuse(req, res, error);
  }
  next();
};

/**
 * Of an upload the procedure reads the request itself, as fast as the store takes it, and tRPC gets no body. Only octets
 * come like that.
 */
export const takeOctets: RequestHandler = (req, res, next) => {
  if (req.method === 'POST' && !/^application\/octet-stream[ \t]*(?:;|$)/i.test(req.headers['content-type'] ?? '')) {
    const detail = 'Send the image as octets (Content-Type: application/octet-stream), or to /image/upload.';
    return refuse(req, res, new AppError('unsupported_type', detail));
  }
  req.body = '';
  next();
};

function refuse(req: Request, res: Response, error: AppError): void {
  res.locals.problemCode = error.code;
  const data = errorDataOf(error, {
    path: `${req.baseUrl}${req.path}`.split('/')[2] ?? null,
    requestId: String(res.locals.requestId ?? ''),
  });
  const code = TRPC_ERROR_CODES_BY_KEY[trpcCodeOf(error)];
  res.setHeader('Cache-Control', 'no-store');
  res.status(error.status).json({ error: { code, message: error.detail, data } });
  discardBody(req);
}
