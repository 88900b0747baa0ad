import { languages } from '../../locale/languages.ts';
import { sayIn } from '../../locale/say-in.ts';

const language = document.documentElement.lang || 'en';

/** The panel's words in the language of the page. */
export const say = sayIn(language === 'en' ? 'en-US' : language, languages[language]?.words);
