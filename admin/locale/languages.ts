import type { Words } from './say-in.ts';

/** What each language calls itself, and its words; English is in the code. */
export const languages: Record<string, { name: string; words: Words }> = {
  en: { name: 'English', words: {} },
};
