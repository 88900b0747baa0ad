import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { type RequestHandler, Router } from 'express';
import type { Logger } from 'pino';
import type { Authenticate } from '../http/authenticate.ts';
import type { AppRouter } from './app-router.ts';
import { createContextOf } from './context.ts';
import { appErrorOf } from './trpc.ts';

export interface MountTrpcDeps {
  router: AppRouter;
  authenticate: Authenticate;
  logger: Logger;
}

/** Of one call or batch, as JSON. */
const maxBodyBytes = 64 * 1024;
const maxBatchSize = 20;

/** `/trpc`. What is logged of an error is what REST logs: causes of our own faults. */
export function mountTrpc({ router, authenticate, logger }: MountTrpcDeps): Router {
  const handler = createExpressMiddleware({
    router,
    createContext: createContextOf({ authenticate }),
    maxBodySize: maxBodyBytes,
    maxBatchSize,
    responseMeta: () => ({ headers: { 'Cache-Control': 'no-store' } }),
    onError: ({ error, path, ctx }) => {
      const { code, status, detail, cause } = appErrorOf(error);
      if (ctx) ctx.res.locals.problemCode = code;
      const fields = { requestId: ctx?.origin.requestId, path, code, err: cause };
      if (status >= 500) logger.error(fields, detail);
      else logger.debug(fields, detail);
    },
  });
  const mounted = Router({ caseSensitive: true });
  mounted.use('/images.upload', keepBodyFromTrpc);
  mounted.use(handler);
  return mounted;
}

/** The procedure reads the request itself, as fast as the store takes it. */
const keepBodyFromTrpc: RequestHandler = (req, _res, next) => {
  req.body = '';
  next();
};
