import { de } from './de.ts';
import { pl } from './pl.ts';
import { type Say, sayIn, type Words } from './say-in.ts';

/** What each language calls itself, and its words; English is in the code. */
export const languages: Record<string, { name: string; words: Words }> = {
  en: { name: 'English', words: {} },
  de: { name: 'Deutsch', words: de },
  pl: { name: 'Polski', words: pl },
};

const says = new Map<string, Say>();

/** The words of a language that is there, for what the server says. */
export function sayOf(language: string): Say {
  const known = says.get(language);
  if (known) return known;
  const say = sayIn(language === 'en' ? 'en-US' : language, languages[language]?.words);
  says.set(language, say);
  return say;
}
