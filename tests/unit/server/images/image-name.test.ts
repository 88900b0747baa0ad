import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { maxNameBytes, toImageName } from '../../../../core/image-name.ts';
import { numberedName, requireImageName, thumbnailName } from '../../../../server/images/image-name.ts';
import { findFreeName } from '../../../../server/images/upload/free-name.ts';

const imageName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
  .map(toImageName)
  .filter((name) => name !== null);

describe('the name of an image', () => {
  it('is the last path segment, in NFC', () => {
    expect(toImageName('a/b\\c\\e\u0301.png')).toBe('\u00e9.png');
  });

  it.each([
    [''],
    [' '],
    ['\u00a0\u2003'],
    ['\u200b\u200d'],
    ['.'],
    ['..'],
    ['a/'],
    ['a/..'],
    ['a\u0000b'],
    ['a\u0085b'],
    ['a\u2028b'],
    ['\ud800'],
    ['\n'],
    ['a'.repeat(256)],
  ])('is not %j', (text) => {
    expect(toImageName(text)).toBeNull();
    expect(() => requireImageName(text)).toThrow(expect.objectContaining({ code: 'invalid_filename' }));
  });

  it('stays the same when it is read again', () => {
    fc.assert(fc.property(imageName, (name) => expect(toImageName(name)).toBe(name)));
  });

  it('with a number is a name too, another for each number', () => {
    expect(numberedName('cat.png', 1)).toBe('cat-1.png');
    expect(numberedName('.hidden', 2)).toBe('.hidden-2');
    expect(numberedName('archive.tar.gz', 3)).toBe('archive.tar-3.gz');
    expect(numberedName('no suffix', 4)).toBe('no suffix-4');
    expect(numberedName(`${'ż'.repeat(125)}.png`, 12)).toBe(`${'ż'.repeat(124)}-12.png`);
    fc.assert(
      fc.property(imageName, fc.nat(), fc.nat(), (name, one, two) => {
        const numbered = numberedName(name, one);
        expect(toImageName(numbered)).toBe(numbered);
        expect(numbered === numberedName(name, two)).toBe(one === two);
      }),
    );
  });

  it('names a thumbnail', () => {
    expect(thumbnailName('cat.png', 200, 'image/webp')).toBe('cat-200.webp');
    fc.assert(
      fc.property(imageName, (name) => {
        expect(Buffer.byteLength(thumbnailName(name, 4096, 'image/jpeg'))).toBeLessThanOrEqual(maxNameBytes);
      }),
    );
  });
});

describe('a free name', () => {
  const searchIn = (taken: Set<string>) => {
    let queries = 0;
    const findTaken = async (names: readonly string[]) => {
      queries += 1;
      return new Set(names.filter((name) => taken.has(name)));
    };
    return { findTaken, queries: () => queries };
  };

  it('is the name itself, else the lowest number when there are no gaps, in a handful of queries', async () => {
    for (const count of [0, 1, 2, 3, 7, 8, 9, 64, 65, 1_000, 9_999]) {
      const taken = new Set(Array.from({ length: count }, (_, n) => (n === 0 ? 'cat.png' : `cat-${n}.png`)));
      const search = searchIn(taken);
      expect(await findFreeName('cat.png', search.findTaken)).toBe(count === 0 ? 'cat.png' : `cat-${count}.png`);
      expect(search.queries()).toBeLessThanOrEqual(4);
    }
  });

  it('is free whatever is taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 40 })), async (numbers) => {
        const taken = new Set(['cat.png', ...numbers.map((number) => `cat-${number}.png`)]);
        expect(taken).not.toContain(await findFreeName('cat.png', searchIn(taken).findTaken));
      }),
    );
  });
});
