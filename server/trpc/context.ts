import type { Request, Response } from 'express';
import type { Actor, Origin } from '../accounts/actor.ts';
import type { Authenticate } from '../http/authenticate.ts';
import { originOf } from '../http/request-context.ts';

export interface TrpcContext {
  req: Request;
  res: Response;
  origin: Origin;
  /** Who asks, once for all calls of a batch; throws a 401. */
  authenticate(): Promise<Actor>;
}

export function createContextOf({ authenticate }: { authenticate: Authenticate }) {
  return ({ req, res }: { req: Request; res: Response }): TrpcContext => {
    let actor: Promise<Actor> | undefined;
    return {
      req,
      res,
      origin: originOf(req, res),
      authenticate: () => {
        actor ??= authenticate(req, res);
        return actor;
      },
    };
  };
}
