import { readCommonPasswords } from './common-passwords.ts';

export const minPasswordCharacters = 12;
export const maxPasswordCharacters = 1024;

/**
 * What is wrong with a new password, in words for a person; an empty list when nothing is. Characters are Unicode
 * code points, nothing is normalised or cut (OWASP ASVS 5.0, 6.2), so 1024 of them are at most 4096 bytes of UTF-8.
 */
export function checkPassword(password: string, username: string): string[] {
  if (isOverlong(password)) return [`Use at most ${maxPasswordCharacters} characters.`];
  const faults: string[] = [];
  if ([...password].length < minPasswordCharacters) faults.push(`Use at least ${minPasswordCharacters} characters.`);
  if (isMadeOf(password, username)) faults.push('The password must not be the username.');
  else if (isCommonPassword(password))
    faults.push('This password is a common one. Choose one that nobody would guess.');
  return faults;
}

/** More than any password may have: not worth hashing, neither for setting nor for comparing. */
export function isOverlong(password: string): boolean {
  // A code point is one or two units of a string's length.
  if (password.length <= maxPasswordCharacters) return false;
  return password.length > 2 * maxPasswordCharacters || [...password].length > maxPasswordCharacters;
}

function isMadeOf(password: string, username: string): boolean {
  const word = fold(username);
  const text = fold(password);
  return word !== '' && text.length >= word.length && text === word.repeat(text.length / word.length);
}

let lists: ReturnType<typeof readCommonPasswords> | undefined;

/**
 * Whether a password is on the list of common ones, or one of them with up to eight digits and signs around it, with
 * letters written as digits, or repeated, or walks along the keyboard or the alphabet.
 */
export function isCommonPassword(password: string): boolean {
  lists ??= readCommonPasswords();
  const { shortOnes, longOnes } = lists;
  const isListed = (word: string) => shortOnes.has(word) || longOnes.has(word);
  const text = fold(password);
  if (isListed(text)) return true;
  if (text.length > 32) return false;

  const unit = repeatedUnit(text);
  if (unit !== null && (unit.length <= 3 || isListed(unit))) return true;
  const core = /\p{L}(?:.*\p{L})?/su.exec(text)?.[0] ?? '';
  if (core.length >= 4 && text.length - core.length <= 8 && (isListed(core) || isListed(withLetters(core))))
    return true;
  return countWalks(text) <= 3;
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The shortest part that the text is made of, twice or more; null when there is none. */
function repeatedUnit(text: string): string | null {
  const at = (text + text).indexOf(text, 1);
  return at < text.length ? text.slice(0, at) : null;
}

const lettersForSigns: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};

function withLetters(text: string): string {
  return text.replaceAll(/[013457@$!]/g, (sign) => lettersForSigns[sign] ?? sign);
}

const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** How many runs of neighbours (`abcd`, `9876`, `qwer`, `aaaa`) the text falls into. */
function countWalks(text: string): number {
  let walks = 1;
  for (let at = 1; at < text.length; at += 1) {
    const pair = text.slice(at - 1, at + 1);
    const backwards = pair.charAt(1) + pair.charAt(0);
    const isStep =
      pair.charAt(0) === pair.charAt(1) || rows.some((row) => row.includes(pair) || row.includes(backwards));
    if (!isStep) walks += 1;
  }
  return walks;
}
