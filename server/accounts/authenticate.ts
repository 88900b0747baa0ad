import type { Request, Response } from 'express';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import type { LoadActor } from './load-actor.ts';
import { signatureOptions } from './token-codec.ts';
import type { Tokens } from './tokens.ts';

export interface AuthenticateDeps {
  tokens: Pick<Tokens, 'keyOf' | 'accessClaims'>;
  loadActor: LoadActor;
}

export type Authenticate = (req: Request, res: Response) => Promise<Actor>;

/**
 * Who asks: from the access token in the Authorization header, and from nowhere else (RFC 6750, 2.1). The account is
 * read anew for each request, so that a deactivation, a password change and new rights count at once. The actor is
 * kept as `res.locals.actor`. 401 `not_authenticated` without a token, `token_not_valid` with one that does not do.
 */
export function authenticateOf({ tokens, loadActor }: AuthenticateDeps): Authenticate {
  const authenticator = new passport.Passport();
  authenticator.use(
    new Strategy(
      {
        jwtFromRequest: bearerToken,
        secretOrKeyProvider: (_req, token: string, done) =>
          // Its types know no KeyObject; jsonwebtoken, which gets it, does.
          settle(async () => tokens.keyOf(token) as unknown as Buffer, done),
        // Its own options, even absent ones, go over those that it passes on.
        ...signatureOptions,
        jsonWebTokenOptions: signatureOptions,
      },
      (payload: unknown, done) => settle(() => actorOf(payload), done),
    ),
  );

  async function actorOf(payload: unknown): Promise<Actor> {
    const { accountId, tokenGeneration } = tokens.accessClaims(payload);
    const actor = await loadActor(accountId);
    if (actor?.tokenGeneration === tokenGeneration) return actor;
    throw new AppError('token_not_valid', 'This token has ended. Log in again.');
  }

  return async (req, res) => {
    if ((req.headersDistinct.authorization?.length ?? 0) > 1) {
      throw new AppError('invalid_request', 'Authorization is given twice; give it once.');
    }
    if (!/^bearer(\s|$)/i.test(req.headers.authorization ?? '')) {
      throw new AppError(
        'not_authenticated',
        'Log in at /token/ and send the access token: `Authorization: Bearer …`.',
      );
    }
    const actor = await new Promise<Actor>((resolve, reject) => {
      const answer = (error: unknown, found: Actor | false | null, reason: unknown) => {
        if (found) resolve(found);
        else reject(error ?? (reason instanceof AppError ? reason : notValid(reason)));
      };
      authenticator.authenticate('jwt', { session: false }, answer)(req, res, reject);
    });
    res.locals.actor = actor;
    return actor;
  };
}

function bearerToken(req: Request): string | null {
  return /^bearer +([A-Za-z0-9._~+/=-]+) *$/i.exec(req.headers.authorization ?? '')?.[1] ?? null;
}

/** Passport's callbacks, from a promise. */
function settle<T>(work: () => Promise<T>, done: (error: unknown, result?: T) => void): void {
  work().then(
    (result) => done(null, result),
    (error: unknown) => done(error),
  );
}

function notValid(cause: unknown): AppError {
  return new AppError('token_not_valid', 'The token is not valid or has ended. Log in again.', { cause });
}
