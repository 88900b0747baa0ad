import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeEncodedWords } from '../../../core/encoded-words.ts';

describe('encoded words', () => {
  it.each([
    ['cat.png', 'cat.png'],
    ['what=?.png', 'what=?.png'],
    ['=?utf-8?B?xbzDs8WCdy5wbmc=?=', 'żółw.png'],
    ['=?UTF-8?Q?=C5=BC=C3=B3=c5=82w.png?=', 'żółw.png'],
    ['=?iso-8859-1?q?caf=E9_noir?=.png', 'café noir.png'],
    ['=?utf-8*fr?Q?caf=C3=A9?=', 'café'],
    ['=?utf-8?Q?my cat.png?=', 'my cat.png'],
    ['=?koi8-r?B?y8/ULnBuZw==?=', 'кот.png'],
    ['=?shift_jis?B?lEwucG5n?=', '猫.png'],
    ['=?utf-8?Q?a?= =?utf-8?Q?b?=\t=?iso-8859-1?Q?=E9?= c', 'abé c'],
    ['=?utf-8?B?4oI=?= =?UTF-8?B?rA==?=', '€'],
    ['x =?utf-8?Q?a?= y =?utf-8?Q?b?=', 'x a y b'],
  ])('%s is %s', (text, decoded) => {
    expect(decodeEncodedWords(text)).toBe(decoded);
  });

  it.each([
    ['no charset that is known', '=?nobody?Q?a?='],
    ['bytes that are not of the charset', '=?utf-8?Q?=ff?='],
    ['half a character', '=?utf-8?B?4oI=?='],
    ['half an escape', '=?utf-8?Q?a=C?='],
    ['no base64', '=?utf-8?B?a*b?='],
    ['base64 of a wrong length', '=?utf-8?B?a?='],
    ['a word that is cut off', '=?utf-8?B?xbzDs8W'],
    ['a raw ?', '=?utf-8?Q?what?.png?='],
    ['a word in a word', '=?utf-8?Q?=3D=3Futf-8=3FQ=3Fa=3F=3D?='],
  ])('null for %s', (_, text) => {
    expect(decodeEncodedWords(text)).toBeNull();
  });

  const encoders = {
    B: (text: string) => Buffer.from(text).toString('base64'),
    Q: (text: string) => [...Buffer.from(text)].map((byte) => `=${byte.toString(16).padStart(2, '0')}`).join(''),
  };

  it('give any text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.constantFrom('B', 'Q'), (text, encoding) => {
        fc.pre(!text.includes('=?'));
        expect(decodeEncodedWords(`=?utf-8?${encoding}?${encoders[encoding](text)}?=`)).toBe(text);
      }),
    );
  });

  it('are never left, whatever is given', () => {
    const part = fc.constantFrom('=?', '?=', '?', 'utf-8', 'B', 'Q', '=41', 'QQ==', ' ', '*', 'a', '=3D=3F', 'PT8=');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        expect(decodeEncodedWords(parts.join('')) ?? '').not.toMatch(/=\?utf-8\?[BQ]\?/);
      }),
      { numRuns: 2_000 },
    );
  });
});
