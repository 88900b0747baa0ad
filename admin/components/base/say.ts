import { languages } from '../../locale/languages.ts';
import { sayIn } from '../../locale/say-in.ts';
import { language, locale } from './locale.ts';

/** The panel's words in the language of the page. */
export const say = sayIn(locale, languages[language]?.words);

/** A text that the server's definitions hold (`description`, `custom.words`), in the language of the page. */
export function said(text: unknown): string | undefined {
  return typeof text === 'string' ? say(text) : undefined;
}
