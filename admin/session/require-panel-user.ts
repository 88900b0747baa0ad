import type { Request, RequestHandler } from 'express';
import { AppError } from '../../core/errors.ts';
import { originOf } from '../../server/http/request-context.ts';
import type { Actor } from '../../server/kernel/actor.ts';
import type { Say } from '../locale/say-in.ts';
import type { PanelPaths } from '../security/panel-paths.ts';
import { absoluteMilliseconds, endSession } from './panel-session.ts';
import { panelUserOf } from './panel-user.ts';

export interface SessionActorDeps {
  /** Null when there is no such account, or it is not active. */
  loadActor(accountId: string): Promise<Actor | null>;
  now(): Date;
}

export interface RequirePanelUserDeps extends SessionActorDeps {
  paths: PanelPaths;
}

/**
 * The wall: whoever passes is active staff at this very moment, whatever the session was made with. Others are sent to
 * the login, or get 401 from the API, and their session is gone.
 */
export function requirePanelUser(deps: RequirePanelUserDeps): RequestHandler {
  return async (req, res, next) => {
    const actor = await actorOfSession(req, deps);
    if (actor) {
      const user = panelUserOf(actor, originOf(req, res), res.locals as { language: string; say: Say });
      res.locals.actor = actor;
      res.locals.panelUser = user;
      // Not enumerable: AdminJS reads it here, and the session store must not keep it.
      Object.defineProperty(req.session, 'adminUser', { value: user, configurable: true });
      return next();
    }
    if (req.session.accountId) await endSession(req);
    if (req.method === 'GET' && !/^\/api(\/|$)/.test(req.path)) {
      return res.redirect(302, deps.paths.loginFor(req.originalUrl));
    }
    next(new AppError('not_authenticated', 'Your session has ended. Log in again.'));
  };
}

/** Who a session belongs to, while it is good; null for a session that has expired or was revoked. */
export async function actorOfSession(req: Request, { loadActor, now }: SessionActorDeps): Promise<Actor | null> {
  const { accountId, tokenGeneration, signedInAt } = req.session;
  if (!accountId || !signedInAt) return null;
  if (now().getTime() - Date.parse(signedInAt) > absoluteMilliseconds) return null;
  const actor = await loadActor(accountId);
  return actor?.isStaff && actor.tokenGeneration === tokenGeneration ? actor : null;
}
