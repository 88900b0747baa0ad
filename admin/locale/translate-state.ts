import type { Locale } from 'adminjs';
import type { Say } from './say-in.ts';

interface State {
  locale: Locale;
}

/**
 * What the page starts with, in one language: AdminJS's words are looked up by their names, `labels.users`, so its table
 * is given with every text said in that language. The rest of the texts are said where they are shown.
 */
export function translateState<S extends State>(state: S, language: string, say: Say): S {
  const { en } = state.locale.translations ?? {};
  const translations = { [language]: said(en, say) };
  const locale = { ...state.locale, language, availableLanguages: [language], translations } as Locale;
  return { ...state, locale };
}

function said(words: unknown, say: Say): unknown {
  if (typeof words === 'string') return words === '' ? '' : say(words);
  if (typeof words !== 'object' || words === null) return words;
  return Object.fromEntries(Object.entries(words).map(([name, value]) => [name, said(value, say)]));
}
