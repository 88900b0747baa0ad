import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../core/errors.ts';
import type { Config } from './config.ts';
import { cors } from './http/cors.ts';
import { onlyKnownMethods } from './http/known-methods.ts';
import { type MountDeps, mountRoutes } from './http/mount-routes.ts';
import { problemHandler } from './http/problem.ts';
import { requestContext } from './http/request-context.ts';
import { restPaths } from './http/rest-paths.ts';
import type { Route } from './http/route.ts';
import { securityHeaders } from './http/security-headers.ts';

export interface AppDeps {
  config: Pick<Config, 'publicUrl' | 'trustProxy' | 'corsOrigins'>;
  logger: Logger;
  /** Figures, objects: what has rules of its own, before everything that knows accounts. */
  plain: readonly RequestHandler[];
  /** Mounted at /trpc. */
  trpc: Router;
  /** Mounted at /admin. */
  panel: Router;
  /** The REST operations. */
  routes: readonly Route[];
  mount: MountDeps;
}

/** The order in which a request meets the parts of the service. */
export function createApp({ config, logger, plain, trpc, panel, routes, mount }: AppDeps): Express {
  const app = express();
  app.set('trust proxy', config.trustProxy);
  app.set('case sensitive routing', true);
  app.set('query parser', false);
  app.disable('x-powered-by');
  app.disable('etag');

  app.use(requestContext(logger));
  app.use(securityHeaders(config));
  const allowOrigins = cors({ origins: config.corsOrigins });
  app.use('/objects', allowOrigins);
  app.use(...plain);
  app.use('/admin', onlyKnownMethods(), panel);
  app.use(allowOrigins);
  app.use('/trpc', trpc);
  app.use(restPaths());
  app.use(mountRoutes(routes, mount));
  app.use(onlyKnownMethods());
  app.use(nothingHere);
  app.use(problemHandler(logger));
  return app;
}

const nothingHere: RequestHandler = () => {
  throw new AppError('not_found', 'There is nothing at this address. All calls are listed at /docs.');
};
