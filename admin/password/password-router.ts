import { type Response, Router } from 'express';
import { AppError } from '../../core/errors.ts';
import { readSmallBody } from '../../server/http/read-small-body.ts';
import { originOf } from '../../server/http/request-context.ts';
import type { Origin } from '../../server/kernel/actor.ts';
import type { Say } from '../locale/say-in.ts';
import { problemIn } from '../locale/say-problem.ts';
import { type PasswordFaults, renderPasswordForm, renderPasswordRefusal, renderPasswordSet } from './password-page.ts';

interface Owner {
  username: string;
  isStaff: boolean;
}

export interface PasswordRouterDeps {
  /** Both throw `link_ended` and `rate_limited`; `use` also `weak_password`, which leaves the link good. */
  passwordLink: {
    look(token: string, origin: Origin): Promise<Owner>;
    use(token: string, password: string, origin: Origin): Promise<Owner>;
  };
}

/**
 * GET and POST /password/TOKEN: whoever has the link sets the password of its account, once. No session, no cookie. That
 * a request comes from our own page is not asked: without a referrer browsers send `Origin: null`, and a page that knows
 * the token could as well open the link.
 */
export function passwordRouter({ passwordLink }: PasswordRouterDeps): Router {
  const router = Router({ caseSensitive: true });

  router.use('/password/:token', (_req, res, next) => {
    // The address is the secret: it must not reach another page, not even one of ours.
    res.setHeader('Referrer-Policy', 'no-referrer');
    next();
  });

  router.get('/password/:token', async (req, res) => {
    await answering(res, async () => {
      const { username } = await passwordLink.look(req.params.token, originOf(req, res));
      return renderPasswordForm({ username, ...spokenIn(res) });
    });
  });

  router.post('/password/:token', async (req, res) => {
    const { token } = req.params;
    const fields = await readSmallBody(req);
    const [password, again] = [textOf(fields.password), textOf(fields.passwordAgain)];
    await answering(res, async () => {
      const origin = originOf(req, res);
      const fault = faultOf(password, again, spokenIn(res).say);
      if (fault) return refill(res, await passwordLink.look(token, origin), fault);
      try {
        return renderPasswordSet({ ...(await passwordLink.use(token, password, origin)), ...spokenIn(res) });
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'weak_password') throw error;
        const password = problemIn(spokenIn(res).language, error).detail;
        return refill(res, await passwordLink.look(token, origin), { password });
      }
    });
  });

  router.all('/password/:token', () => {
    throw new AppError('method_not_allowed', 'Use GET, HEAD, POST here.', { allow: ['GET', 'HEAD', 'POST'] });
  });
  return router;
}

/** What requestLanguage has found. */
function spokenIn(res: Response): { language: string; say: Say } {
  const { language, say } = res.locals as { language: string; say: Say };
  return { language, say };
}

function faultOf(password: string, again: string, say: Say): PasswordFaults | undefined {
  if (password === '') return { password: say('Give a password.') };
  return password === again ? undefined : { passwordAgain: say('The two passwords differ.') };
}

function refill(res: Response, { username }: Owner, faults: PasswordFaults): string {
  res.status(400);
  return renderPasswordForm({ username, faults, ...spokenIn(res) });
}

/** A refusal is a page as well. */
async function answering(res: Response, work: () => Promise<string>): Promise<void> {
  try {
    const html = await work();
    res.type('html').send(html);
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500) throw error;
    const message = problemIn(spokenIn(res).language, error).detail;
    if (error.retryAfterSeconds) res.setHeader('Retry-After', String(Math.ceil(error.retryAfterSeconds)));
    res
      .status(error.status)
      .type('html')
      .send(renderPasswordRefusal({ message, ...spokenIn(res) }));
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
