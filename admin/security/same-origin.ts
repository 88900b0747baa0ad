import type { Request, RequestHandler } from 'express';
import { AppError } from '../../core/errors.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface SameOriginOptions {
  /** The address that people open: `PUBLIC_URL`. */
  publicUrl: string;
  /**
   * Whether a request that says nothing of where it comes from passes. Every browser sends `Origin` with a POST, so such
   * a request is a program's; without a session there is nothing that a foreign page could misuse.
   */
  allowUnknown: boolean;
}

/**
 * Against cross-site request forgery, beside SameSite cookies: a request that may change something has to come from our
 * own pages. `Sec-Fetch-Site` decides; where a browser does not send it (plain HTTP), `Origin` does
 * (OWASP ASVS 5.0, 3.5.1 to 3.5.3). Content types do not matter: a form, text/plain and multipart are refused alike.
 */
export function requireSameOrigin({ publicUrl, allowUnknown }: SameOriginOptions): RequestHandler {
  const ownOrigin = new URL(publicUrl).origin;
  return (req, _res, next) => {
    if (safeMethods.has(req.method)) return next();
    const verdict = comesFromHere(req, ownOrigin);
    if (verdict === true || (verdict === undefined && allowUnknown)) return next();
    next(
      new AppError(
        'permission_denied',
        `This request did not come from a page of the panel. Open the panel at ${ownOrigin} and try again.`,
      ),
    );
  };
}

function comesFromHere(req: Request, ownOrigin: string): boolean | undefined {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  const origin = req.get('origin');
  return origin === undefined ? undefined : origin === ownOrigin;
}
