import { type Request, type RequestHandler, Router } from 'express';
import { AppError } from '../../core/errors.ts';
import { readSmallBody } from '../../server/http/read-small-body.ts';
import type { PanelPaths } from '../security/panel-paths.ts';
import { requireSameOrigin } from '../security/same-origin.ts';
import { languages, sayOf } from './languages.ts';

const cookieName = 'darkroom_language';
/** Where the site has TLS: without it no page of plain HTTP can set one (RFC 6265bis, 4.1.3). */
const securePrefix = '__Secure-';
const chosenLanguage = new RegExp(`(?:^|;\\s*)(?:${securePrefix})?${cookieName}=([A-Za-z-]+)`);
const year = 365 * 24 * 60 * 60 * 1000;

/** `res.locals.language` and `res.locals.say`: as the person chose, else as the browser asks, else English. */
export const requestLanguage: RequestHandler = (req, res, next) => {
  const language = languageOf(req);
  res.locals.language = language;
  res.locals.say = sayOf(language);
  res.setHeader('Content-Language', language);
  next();
};

/** As the person chose, else as the browser asks, else English. */
export function languageOf(req: Request): string {
  const chosen = chosenLanguage.exec(req.get('cookie') ?? '')?.[1];
  if (chosen && Object.hasOwn(languages, chosen)) return chosen;
  return req.acceptsLanguages(Object.keys(languages)) || 'en';
}

/** POST /language keeps the choice in a cookie of its own, also before a login, and goes back to `next`. */
export function languageRouter({ publicUrl, paths }: { publicUrl: string; paths: PanelPaths }): Router {
  const isSecure = publicUrl.startsWith('https:');
  const router = Router({ caseSensitive: true });
  router.post('/language', requireSameOrigin({ publicUrl, allowUnknown: true }), async (req, res) => {
    const { language, next } = await readSmallBody(req);
    if (typeof language !== 'string' || !Object.hasOwn(languages, language)) {
      throw new AppError('invalid_request', `Choose one of ${Object.keys(languages).join(', ')}.`);
    }
    res.cookie(isSecure ? securePrefix + cookieName : cookieName, language, {
      httpOnly: true,
      sameSite: 'lax',
      secure: isSecure,
      path: paths.panel,
      maxAge: year,
    });
    res.redirect(303, paths.next(next));
  });
  return router;
}
