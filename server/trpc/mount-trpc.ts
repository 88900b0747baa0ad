import type { TRPCError } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../../core/errors.ts';
import type { Authenticate } from '../accounts/authenticate.ts';
import type { AppRouter } from '../app-router.ts';
import type { LimitRate } from '../http/rate-limits.ts';
import { createContextOf } from './context.ts';
import { readTrpcInput, takeOctets } from './read-trpc-input.ts';
import { appErrorOf } from './trpc.ts';

export interface MountTrpcDeps {
  router: AppRouter;
  authenticate: Authenticate;
  limitRate: LimitRate;
  logger: Logger;
}

/** Of one call or batch, as JSON. */
const maxBodyBytes = 64 * 1024;
const maxBatchSize = 20;

/** `/trpc`. What is logged of an error is what REST logs: causes of our own faults. */
export function mountTrpc({ router, authenticate, limitRate, logger }: MountTrpcDeps): Router {
  const handler = createExpressMiddleware({
    router,
    createContext: createContextOf({ authenticate, limitRate }),
    maxBodySize: maxBodyBytes,
    maxBatchSize,
    // Without a type an error over a request that cannot be read goes out as plain text. A stream of events has its own.
    responseMeta: ({ type, eagerGeneration, errors }) => ({
      headers: {
        'Cache-Control': 'no-store',
        ...(eagerGeneration && type === 'subscription' ? {} : { 'Content-Type': 'application/json; charset=utf-8' }),
        ...headersOfErrors(errors),
      },
    }),
    onError: ({ error, path, ctx }) => {
      const { code, status, detail, cause } = appErrorOf(error);
      if (ctx) ctx.res.locals.problemCode = code;
      const fields = { requestId: ctx?.origin.requestId, path, code, err: cause };
      if (status >= 500) logger.error(fields, detail);
      else logger.debug(fields, detail);
    },
  });
  const mounted = Router({ caseSensitive: true });
  mounted.use(onlyKnownMethods);
  mounted.use(withoutSlash);
  mounted.use('/images.upload', takeOctets);
  mounted.use(readTrpcInput);
  mounted.use(handler);
  return mounted;
}

/** Those of REST: who has to log in, and when it is worth asking again. */
function headersOfErrors(errors: readonly TRPCError[]): Record<string, string> {
  const ours = errors.map(appErrorOf);
  const seconds = Math.max(0, ...ours.map(({ retryAfterSeconds = 0 }) => retryAfterSeconds));
  return {
    ...(seconds > 0 ? { 'Retry-After': String(Math.ceil(seconds)) } : {}),
    ...(ours.some(({ status }) => status === 401) ? { 'WWW-Authenticate': 'Bearer realm="api"' } : {}),
  };
}

const allow = ['GET', 'HEAD', 'OPTIONS', 'POST'];

const onlyKnownMethods: RequestHandler = (req, res, next) => {
  if (req.method === 'OPTIONS') {
    res.status(204).setHeader('Allow', allow.join(', ')).end();
    return;
  }
  if (!allow.includes(req.method)) throw new AppError('method_not_allowed', `Use ${allow.join(', ')} here.`, { allow });
  next();
};

/** As everywhere, a slash at the end of a path changes nothing. */
const withoutSlash: RequestHandler = (req, _res, next) => {
  req.url = req.url.replace(/^([^?]*[^/?])\/(?=\?|$)/, '$1');
  next();
};
