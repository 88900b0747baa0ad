import { type Request, type RequestHandler, type Response, Router } from 'express';
import { AppError, invalidField } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { Actor } from '../kernel/actor.ts';
import type { LimitRate } from './rate-limits.ts';
import { givenOnceEach, readSmallBody } from './read-small-body.ts';
import { originOf } from './request-context.ts';
import type { Method, Reply, Route } from './route.ts';
import { searchOf } from './search-of.ts';

export interface MountDeps {
  /** Who asks: from the Authorization header; throws a 401. */
  authenticate(req: Request, res: Response): Promise<Actor>;
  /** Counts the request for its actor, or for its address; throws a 429. */
  limitRate?: LimitRate;
}

/**
 * All routes as one router: a trailing slash or none, HEAD where GET is, 405 with `Allow` for what a path does not
 * do. Each request goes: who, path, query, body, handler, reply.
 */
export function mountRoutes(routes: readonly Route[], deps: MountDeps): Router {
  const router = Router({ caseSensitive: true, strict: false });
  for (const path of [...new Set(routes.map((route) => route.path))].sort(literalsFirst)) {
    const ofPath = routes.filter((route) => route.path === path);
    router.all(path.replaceAll(/\{(\w+)\}/g, ':$1'), dispatch(ofPath, deps));
  }
  return router;
}

/** `/image/all` before `/image/{id}`. */
function literalsFirst(a: string, b: string): number {
  return Number(a.includes('{')) - Number(b.includes('{')) || a.localeCompare(b);
}

/** The methods that a path has, as `Allow` lists them. */
export function allowedMethods(routes: readonly Route[]): string[] {
  const methods = routes.map((route) => route.method.toUpperCase());
  return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort();
}

function dispatch(routes: readonly Route[], deps: MountDeps): RequestHandler {
  const allow = allowedMethods(routes);
  return async (req, res) => {
    if (req.method === 'OPTIONS') {
      res.status(204).setHeader('Allow', allow.join(', ')).end();
      return;
    }
    const method = (req.method === 'HEAD' ? 'GET' : req.method).toLowerCase() as Method;
    const route = routes.find((candidate) => candidate.method === method);
    if (!route) throw new AppError('method_not_allowed', `Use ${allow.join(', ')} here.`, { allow });
    res.locals.route = route.path;
    const reply = await runRoute(route, req, res, deps);
    if (reply) sendReply(req, res, reply);
  };
}

async function runRoute(route: Route, req: Request, res: Response, deps: MountDeps): Promise<Reply | undefined> {
  const actor = (await actorOf(route, req, res, deps)) as Actor;
  await deps.limitRate?.(req, res, actor, route.limitedAs);
  const params = route.params?.safeParse(req.params);
  if (params && !params.success) throw new AppError('not_found', 'There is nothing at this address.');
  const given = givenOnceEach(new URLSearchParams(searchOf(req.originalUrl)));
  refuseBrackets(given, route);
  const query = route.query ? parseInput(route.query, given) : undefined;
  const body = route.body ? parseInput(route.body, await bodyFields(route, req, given)) : undefined;
  return route.handler({ req, res, actor, params: params?.data, query, body, origin: originOf(req, res) });
}

/** Undefined where nobody has to log in: such a handler takes no actor. */
async function actorOf(route: Route, req: Request, res: Response, deps: MountDeps): Promise<Actor | undefined> {
  if (route.auth === 'none') return undefined;
  try {
    return await deps.authenticate(req, res);
  } catch (error) {
    await deps.limitRate?.(req, res, undefined);
    throw error;
  }
}

async function bodyFields(route: Route, req: Request, given: Record<string, string>): Promise<unknown> {
  const fields = await readSmallBody(req);
  if (!route.bodyFromQuery) return fields;
  const twice = Object.keys(fields).find((name) => Object.hasOwn(given, name));
  if (twice !== undefined) throw invalidField(twice, 'is given in the query and in the body; give it once');
  return { ...given, ...fields };
}

/** `image[]=a` and `limit[x]=1` mean nothing here; to pass them over would hide a mistake. */
function refuseBrackets(given: Record<string, string>, route: Route): void {
  if (!route.query && !route.bodyFromQuery) return;
  const bracketed = Object.keys(given).find((name) => /[[\]]/.test(name));
  if (bracketed !== undefined) throw invalidField(bracketed, 'brackets in a name mean nothing here; give a plain name');
}

function sendReply(req: Request, res: Response, { status, body, json, headers = {} }: Reply): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  if (!res.hasHeader('Cache-Control')) res.setHeader('Cache-Control', 'no-store');
  res.status(status);
  const bytes = json ?? (body === undefined ? undefined : Buffer.from(JSON.stringify(body)));
  if (bytes === undefined) {
    res.end();
    return;
  }
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Content-Length', bytes.length);
  res.end(req.method === 'HEAD' ? undefined : bytes);
}
