import type { Request, Response } from 'express';
import type { Authenticate } from '../accounts/authenticate.ts';
import type { LimitedOperation, LimitRate } from '../http/rate-limits.ts';
import { originOf } from '../http/request-context.ts';
import type { Actor, Origin } from '../kernel/actor.ts';

export interface TrpcContext {
  req: Request;
  res: Response;
  origin: Origin;
  /** Who asks, once for all calls of a batch; throws a 401. */
  authenticate(): Promise<Actor>;
  /** Counts one call for its actor, or for its address; throws a 429. Each call of a batch is one. */
  count(actor: Actor | undefined, operation?: LimitedOperation): Promise<void>;
}

export interface CreateContextDeps {
  authenticate: Authenticate;
  limitRate: LimitRate;
}

export function createContextOf({ authenticate, limitRate }: CreateContextDeps) {
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
      count: (by, operation) => limitRate(req, res, by, operation),
    };
  };
}
