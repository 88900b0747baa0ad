import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { containsPattern, searchWords } from '../../../admin/adapter/search-words.ts';

describe('the words of a search', () => {
  it.each([
    ['red car', ['red', 'car']],
    ['  red \t car ', ['red', 'car']],
    ['"red old" car', ['red old', 'car']],
    ['"never closed', ['never closed']],
    ['""', []],
    ['a"b', ['a', 'b']],
    ['', []],
  ])('of %j', (text, words) => {
    expect(searchWords(text)).toEqual(words);
  });

  it('are few and short, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), (text) => {
        const words = searchWords(text);
        expect(words.length).toBeLessThanOrEqual(8);
        for (const word of words) expect(word).not.toMatch(/^\s|\0|^$/);
      }),
    );
  });
});

describe('the pattern of contains', () => {
  it('matches what it is made of and takes no wildcard', () => {
    expect(containsPattern('100%_a\\b')).toBe('%100\\%\\_a\\\\b%');
  });
});
