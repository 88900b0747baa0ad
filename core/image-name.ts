import { decodeEncodedWords } from './encoded-words.ts';

/** Bytes of UTF-8, as most file systems bound a name. */
export const maxNameBytes = 255;

/** Control characters, line and paragraph separators, and halves of surrogate pairs. */
const forbiddenCharacters = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
const nothingToSee = /^[\p{Z}\p{Cf}\u115f\u1160\u3164\uffa0]*$/u;

/**
 * The rules of an image's name, for uploads and for renaming: encoded words (RFC 2047) are decoded, only the last path
 * segment counts (`/` and `\`), in NFC. Null for what is not a name: an encoded word that cannot be decoded, control
 * characters anywhere, blank, `.`, `..`, or more than 255 bytes of UTF-8.
 */
export function toImageName(given: string): string | null {
  const text = decodeEncodedWords(given);
  if (text === null || forbiddenCharacters.test(text)) return null;
  const name = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1).normalize('NFC');
  if (nothingToSee.test(name) || name === '.' || name === '..') return null;
  return new TextEncoder().encode(name).length <= maxNameBytes ? name : null;
}
