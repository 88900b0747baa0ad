import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AppError } from '../../../../core/errors.ts';
import { toImageName } from '../../../../core/image-name.ts';
import { inlineDisposition } from '../../../../core/storage/inline-disposition.ts';
import { filenameOf, partDisposition } from '../../../../server/http/content-disposition.ts';

/** As Node hands a header out: its bytes as ISO 8859-1. */
const wire = (text: string) => Buffer.from(text).toString('latin1');
const nameOf = (header: string) => filenameOf(wire(header), toImageName);

function codeOf(work: () => unknown): string {
  try {
    return `no error but ${JSON.stringify(work())}`;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('Content-Disposition', () => {
  it.each([
    ['attachment; filename=cat.png', 'cat.png'],
    ['attachment; filename="cat.png"', 'cat.png'],
    ['attachment;filename="cat.png";', 'cat.png'],
    ['attachment; filename=cat.png ; ', 'cat.png'],
    [': attachment; filename=cat.png', 'cat.png'],
    [':attachment; filename=cat.png', 'cat.png'],
    ['ATTACHMENT; FILENAME="cat.png"', 'cat.png'],
    ['inline; filename="cat.png"; size=12', 'cat.png'],
    ['attachment; filename = "cat.png"', 'cat.png'],
    ['attachment;; filename=cat.png', 'cat.png'],
    ['attachment; filename="a \\"cat\\".png"', 'a "cat".png'],
    ['attachment; filename="f\\oo.png"', 'foo.png'],
    ['attachment; filename="cats; and dogs.png"', 'cats; and dogs.png'],
    ['attachment; filename="żółw.png"', 'żółw.png'],
    ['attachment; filename=żółw.png', 'żółw.png'],
    ['attachment; filename=photo(1).png', 'photo(1).png'],
    ['attachment; filename="100%25.png"', '100%25.png'],
    ["attachment; filename*=UTF-8''%C5%BC%C3%B3%C5%82w.png", 'żółw.png'],
    ["attachment; filename*=utf-8'pl'%C5%BC.png", 'ż.png'],
    ["attachment; filename*=iso-8859-1''na%EFve.png", 'naïve.png'],
    ['attachment; filename*="UTF-8\'\'%C5%BC.png"', 'ż.png'],
    ["attachment; filename*=UTF-8''it's(1).png", "it's(1).png"],
    ["attachment; filename*=UTF-8''100%2525.png", '100%25.png'],
    ['attachment; filename="plain.png"; filename*=UTF-8\'\'%C5%BC.png', 'ż.png'],
    ['attachment; filename*=UTF-8\'\'%C5%BC.png; filename="plain.png"', 'ż.png'],
    ["attachment; filename*=UTF-8''%C5.png; filename=plain.png", 'plain.png'],
    ["attachment; filename*=KOI8-R''%C5.png; filename=plain.png", 'plain.png'],
    ['attachment; filename*=nonsense; filename=plain.png', 'plain.png'],
    ['attachment; filename="../../etc/cat.png"', 'cat.png'],
    ['attachment; filename=a/b/cat.png', 'cat.png'],
    ['attachment; filename="C:\\Users\\me\\cat.png"', 'cat.png'],
    ['attachment; filename="C:\\\\Users\\\\me\\\\cat.png"', 'cat.png'],
    ['attachment; filename="\\\\server\\share\\cat.png"', 'cat.png'],
    ['attachment; filename="..\\..\\cat.png"', 'cat.png'],
    ["attachment; filename*=UTF-8''..%2F..%2Fcat.png", 'cat.png'],
    ['attachment; filename="e\u0301.png"', '\u00e9.png'],
    [`attachment; filename="${'a'.repeat(251)}.png"`, `${'a'.repeat(251)}.png`],
    ['attachment; filename="dir/../cat.png"', 'cat.png'],
  ])('reads %s', (header, name) => {
    expect(nameOf(header)).toBe(name);
  });

  it.each([
    [''],
    ['   '],
    ['attachment'],
    ['attachment;'],
    ['filename=cat.png'],
    ['; filename=cat.png'],
    ['attachment filename=cat.png'],
    ['attachment; filename'],
    ['attachment; filename='],
    ['attachment; filename=""'],
    ['attachment; filename="   "'],
    ['attachment; filename="cat.png'],
    ['attachment; filename=cat.png"'],
    ['attachment; filename="cat.png" x'],
    ['attachment; filename="cat".png'],
    ['attachment; filename=my cat.png'],
    ['attachment; filename=a.png, b.png'],
    ['attachment; filename=a.png; filename=b.png'],
    ['attachment; filename=a.png; FileName=a.png'],
    ["attachment; filename*=UTF-8''a.png; filename*=UTF-8''a.png"],
    ['attachment; size=1; size=2; filename=a.png'],
    ['attachment; filename="a\u0001b.png"'],
    ['attachment; filename="a\tb.png"'],
    ["attachment; filename*=UTF-8''a%00b.png"],
    ["attachment; filename*=UTF-8''a%0Ab.png"],
    ["attachment; filename*=UTF-8''%C5.png"],
    ["attachment; filename*=UTF-8''%C0%AE%C0%AE"],
    ["attachment; filename*=UTF-8''a%2"],
    ["attachment; filename*=UTF-16''a.png"],
    ['attachment; filename*=a.png'],
    ['attachment; filename="."'],
    ['attachment; filename=".."'],
    ['attachment; filename="dir/"'],
    ['attachment; filename="dir/.."'],
    ['attachment; filename="\u200b"'],
    [`attachment; filename="${'a'.repeat(252)}.png"`],
    [`attachment; filename="${'ż'.repeat(126)}.png"`],
    ['attachment; name=cat.png'],
  ])('refuses %j', (header) => {
    expect(codeOf(() => nameOf(header))).toBe('invalid_filename');
  });

  it('refuses raw bytes that are not UTF-8, but reads a filename* beside them', () => {
    expect(codeOf(() => filenameOf('attachment; filename="na\xefve.png"', toImageName))).toBe('invalid_filename');
    const both = 'attachment; filename="na\xefve.png"; filename*=UTF-8\'\'na%C3%AFve.png';
    expect(filenameOf(both, toImageName)).toBe('naïve.png');
  });

  it('gives a name that keeps the rules, or invalid_filename, whatever the header', () => {
    const piece = fc.constantFrom(
      'attachment',
      ';',
      '=',
      '"',
      '\\',
      "'",
      '%',
      '%C5',
      'filename',
      'filename*',
      "UTF-8''",
      ' ',
      ':',
      '/',
      '..',
      'a',
      '\u00ff',
      '\t',
    );
    const header = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(header, (text) => {
        try {
          const name = filenameOf(wire(text), toImageName);
          expect(toImageName(name)).toBe(name);
        } catch (error) {
          expect(
            codeOf(() => {
              throw error;
            }),
          ).toBe('invalid_filename');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back whatever name the server itself writes', () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .map(toImageName)
      .filter((text) => text !== null);
    fc.assert(
      fc.property(name, (text) => {
        expect(filenameOf(inlineDisposition(text), toImageName)).toBe(text);
        expect(inlineDisposition(text)).toMatch(/^[\x20-\x7e]+$/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time that grows with the header and not faster', () => {
    const started = performance.now();
    for (const part of ['\\', '"', ';', ' ', "'%", 'a='])
      codeOf(() => nameOf(`attachment; filename="${part.repeat(30_000)}`));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('Content-Disposition of a part of a form', () => {
  const part = (header: string) => partDisposition(wire(header), toImageName).filename;

  it('tells files from fields', () => {
    expect(part('form-data; name="file"; filename="cat.png"')).toBe('cat.png');
    expect(part('form-data; name="file"')).toBeNull();
  });

  it('refuses what is no form-data, and a name that cannot be read', () => {
    expect(codeOf(() => part('attachment; filename="cat.png"'))).toBe('invalid_filename');
    expect(codeOf(() => part('form-data; name="file"; filename=" "'))).toBe('invalid_filename');
  });

  it('tells a file input in which nothing was chosen', () => {
    expect(part('form-data; name="file"; filename=""')).toBe('');
    expect(part('form-data; name="file"; filename=""; filename*=UTF-8\'\'cat.png')).toBe('cat.png');
  });
});
