import { type Request, type RequestHandler, Router } from 'express';
import { AppError } from '../../core/errors.ts';
import { readSmallBody } from '../../server/http/read-small-body.ts';
import type { PanelPaths } from '../security/panel-paths.ts';
import { requireSameOrigin } from '../security/same-origin.ts';
import { languages, sayOf } from './languages.ts';

const cookieName = 'darkroom_language';
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
  const chosen = new RegExp(`(?:^|;\\s*)${cookieName}=([A-Za-z-]+)`).exec(req.get('cookie') ?? '')?.[1];
  if (chosen && Object.hasOwn(languages, chosen)) return chosen;
  return req.acceptsLanguages(Object.keys(languages)) || 'en';
}

/** POST /language keeps the choice in a cookie of its own, also before a login, and goes back to `next`. */
export function languageRouter({ publicUrl, paths }: { publicUrl: string; paths: PanelPaths }): Router {
  const router = Router({ caseSensitive: true });
  router.post('/language', requireSameOrigin({ publicUrl, allowUnknown: true }), async (req, res) => {
    const { language, next } = await readSmallBody(req);
    if (typeof language !== 'string' || !Object.hasOwn(languages, language)) {
      throw new AppError('invalid_request', `Choose one of ${Object.keys(languages).join(', ')}.`);
    }
    res.cookie(cookieName, language, {
      httpOnly: true,
      sameSite: 'lax',
      secure: publicUrl.startsWith('https:'),
      path: paths.panel,
      maxAge: year,
    });
    res.redirect(303, paths.next(next));
  });
  return router;
}
