import type { RequestListener } from 'node:http';
import express, { type Express, type Request, type RequestHandler, type Response, type Router } from 'express';
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
import { trustedProxies } from './http/trusted-proxies.ts';

export interface AppDeps {
  config: Pick<Config, 'publicUrl' | 'trustProxy' | 'corsOrigins'>;
  logger: Logger;
  /** Counts every request. */
  countRequest?: (req: Request, res: Response) => void;
  /** Answers what is below `/objects`; none where S3 does. `path` is what follows `/objects`, with the query. */
  objects?: (req: Request, res: Response, path: string) => Promise<void>;
  /** Mounted at /trpc. */
  trpc: Router;
  /** Mounted at /admin. */
  panel: Router;
  /** The REST operations. */
  routes: readonly Route[];
  mount: MountDeps;
}

/**
 * The order in which a request meets the parts of the service. Objects and `/healthz`, which are asked for most and know
 * no accounts, are answered before Express looks for a route; each request has its id, its headers, its line in the log
 * and its place in the metrics all the same.
 */
export function createApp(deps: AppDeps): RequestListener {
  const { config, logger, countRequest, objects } = deps;
  const app = createRouter(deps);
  const begin = requestContext(logger);
  const setSecurityHeaders = securityHeaders(config);
  const allowOrigins = cors({ origins: config.corsOrigins });
  const health = config.corsOrigins.length === 0 ? /^\/healthz\/?$/ : null;

  return (incoming, outgoing) => {
    const { req, res } = asExpress(app, incoming, outgoing);
    begin(req, res);
    setSecurityHeaders(res);
    countRequest?.(req, res);
    if (objects && isBelowObjects(req.url)) {
      allowOrigins(req, res, () => {
        objects(req, res, req.url.slice('/objects'.length)).catch((error) => {
          logger.error({ err: error, requestId: res.locals.requestId }, 'an object could not be answered');
          res.destroy();
        });
      });
    } else if (health?.test(req.url) && (req.method === 'GET' || req.method === 'HEAD')) {
      res.locals.route = '/healthz';
      sendHealth(req, res);
    } else {
      app(incoming, outgoing);
    }
  };
}

function createRouter({ config, logger, trpc, panel, routes, mount }: AppDeps): Express {
  const app = express();
  app.set('trust proxy', trustedProxies(config.trustProxy));
  app.set('case sensitive routing', true);
  app.set('query parser', false);
  app.disable('x-powered-by');
  app.disable('etag');

  app.use('/admin', onlyKnownMethods(), panel);
  app.use(cors({ origins: config.corsOrigins }));
  app.use('/trpc', trpc);
  app.use(restPaths());
  app.use(mountRoutes(routes, mount));
  app.use(onlyKnownMethods());
  app.use(nothingHere);
  app.use(problemHandler(logger));
  return app;
}

/** What Express does first to a request and its answer, so that all that follows finds the same two. */
function asExpress(app: Express, incoming: object, outgoing: object): { req: Request; res: Response } {
  const req = Object.setPrototypeOf(incoming, app.request) as Request;
  const res = Object.setPrototypeOf(outgoing, app.response) as Response;
  req.originalUrl = req.url;
  req.res = res;
  res.req = req;
  res.locals = Object.create(null);
  return { req, res };
}

function isBelowObjects(url: string): boolean {
  return url.startsWith('/objects') && (url.length === 8 || url[8] === '/' || url[8] === '?');
}

const healthy = Buffer.from('{"status":"ok"}');

function sendHealth(req: Request, res: Response): void {
  res.writeHead(200, {
    'Cache-Control': 'no-store',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': healthy.length,
  });
  res.end(req.method === 'HEAD' ? undefined : healthy);
}

const nothingHere: RequestHandler = () => {
  throw new AppError('not_found', 'There is nothing at this address. All calls are listed at /docs.');
};
