import { languages } from '../../locale/languages.ts';
import { sayIn } from '../../locale/say-in.ts';
import { language, locale } from './locale.ts';

/** The panel's words in the language of the page. */
export const say = sayIn(locale, languages[language]?.words);
