import { type Response, Router } from 'express';
import type { Logger } from 'pino';
import { AppError } from '../../core/errors.ts';
import { readSmallBody } from '../../server/http/read-small-body.ts';
import { originOf } from '../../server/http/request-context.ts';
import type { Actor, Origin } from '../../server/kernel/actor.ts';
import type { Say } from '../locale/say-in.ts';
import type { PanelPaths } from '../security/panel-paths.ts';
import { requireSameOrigin } from '../security/same-origin.ts';
import { endSession, startSession } from '../session/panel-session.ts';
import { actorOfSession } from '../session/require-panel-user.ts';
import { type LoginPage, renderLoginPage } from './login-page.ts';

export interface Credentials {
  username: string;
  password: string;
  origin: Origin;
  via: 'panel';
  staffOnly: true;
}

export interface LoginDeps {
  /** Throws `invalid_credentials` and `rate_limited`; the same and as slow for whatever is wrong. */
  authenticatePassword(credentials: Credentials): Promise<{ id: string; tokenGeneration: number }>;
  loadActor(accountId: string): Promise<Actor | null>;
  recordLogout(actor: Actor, origin: Origin): Promise<void>;
  publicUrl: string;
  paths: PanelPaths;
  logger: Logger;
  now(): Date;
}

/** GET and POST /login, POST /logout: all that works without a session. */
export function loginRouter(deps: LoginDeps): Router {
  const { paths } = deps;
  const router = Router({ caseSensitive: true });

  router.get('/login', async (req, res) => {
    const next = paths.next(req.query.next);
    if (await actorOfSession(req, deps)) return res.redirect(302, next);
    sendPage(res, 200, { next, paths });
  });

  router.post('/login', requireSameOrigin({ publicUrl: deps.publicUrl, allowUnknown: true }), async (req, res) => {
    const fields = await readSmallBody(req);
    const username = typeof fields.username === 'string' ? fields.username : '';
    const next = paths.next(fields.next ?? req.query.next);
    try {
      const origin = originOf(req, res);
      const password = typeof fields.password === 'string' ? fields.password : '';
      const account = await deps.authenticatePassword({ username, password, origin, via: 'panel', staffOnly: true });
      await startSession(req, {
        accountId: account.id,
        tokenGeneration: account.tokenGeneration,
        signedInAt: deps.now().toISOString(),
        address: origin.address,
        userAgent: (req.get('user-agent') ?? '').slice(0, 300),
      });
      res.redirect(303, next);
    } catch (error) {
      const refusal = refusalOf(error, res.locals.say as Say);
      if (refusal.retryAfterSeconds) res.setHeader('Retry-After', String(Math.ceil(refusal.retryAfterSeconds)));
      sendPage(res, refusal.status, { next, paths, username, message: refusal.message });
    }
  });

  router.post('/logout', requireSameOrigin({ publicUrl: deps.publicUrl, allowUnknown: false }), async (req, res) => {
    const actor = await actorOfSession(req, deps);
    await endSession(req);
    if (actor) await deps.recordLogout(actor, originOf(req, res));
    res.redirect(303, `${paths.login}/`);
  });

  router.all(['/login', '/logout'], (req) => {
    const allow = req.path.startsWith('/logout') ? ['POST'] : ['GET', 'HEAD', 'POST'];
    throw new AppError('method_not_allowed', `Use ${allow.join(', ')} here.`, { allow });
  });
  return router;
}

function sendPage(res: Response, status: number, page: Omit<LoginPage, 'language' | 'say'>): void {
  res
    .status(status)
    .type('html')
    .send(renderLoginPage({ ...page, ...(res.locals as Pick<LoginPage, 'language' | 'say'>) }));
}

/** What the page says; never which part was wrong (OWASP ASVS 5.0, 6.3.8). */
function refusalOf(error: unknown, say: Say): { status: number; message: string; retryAfterSeconds?: number } {
  if (!(error instanceof AppError) || error.status >= 500) throw error;
  if (error.code === 'rate_limited') {
    const minutes = Math.max(1, Math.ceil((error.retryAfterSeconds ?? 60) / 60));
    const message = say.count(minutes, {
      one: 'Too many attempts. Try again in a minute.',
      other: 'Too many attempts. Try again in {{count}} minutes.',
    });
    return { status: 429, message, retryAfterSeconds: error.retryAfterSeconds };
  }
  return {
    status: 401,
    message: say('This user name and password do not open the panel. Check both and try again.'),
  };
}
