import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { AppError, type ErrorCode } from '../../../../core/errors.ts';
import {
  createOriginalInspector,
  inspectOriginal,
  type OriginalInfo,
} from '../../../../core/thumbnails/inspect-original.ts';
import {
  avif,
  box,
  bytesOf,
  exifBlock,
  gif,
  jpeg,
  jpegExif,
  jpegFrame,
  jpegSegment,
  pngChunk,
  pngHeader,
  tiff,
  tiffOfPages,
  u16,
  u32,
} from './crafted.ts';
import { encodings, makePicture } from './pictures.ts';

const limits = { maxPixels: 100_000_000 };
const inspect = (bytes: Uint8Array) => inspectOriginal(bytes, limits);

function errorOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const codeOf = (bytes: Uint8Array): ErrorCode => errorOf(() => inspect(bytes)).code;

/** The verdict on bytes that come in pieces: the info, or the code of the error. */
function verdictInPieces(bytes: Uint8Array, pieces: Iterable<number>): OriginalInfo | ErrorCode {
  const inspector = createOriginalInspector(limits);
  try {
    let at = 0;
    for (const piece of pieces) {
      inspector.push(bytes.slice(at, at + piece));
      at += piece;
    }
    inspector.push(bytes.slice(at));
    return inspector.finish();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

/** How many bytes it takes until the verdict is known. */
function bytesUntilKnown(bytes: Uint8Array): number {
  const inspector = createOriginalInspector(limits);
  let count = 0;
  while (!inspector.info && count < bytes.length) {
    inspector.push(bytes.subarray(count, count + 1));
    count += 1;
  }
  return count;
}

/** Smaller pictures for the tests that go through them byte by byte. */
async function smallPictures(): Promise<[string, Buffer][]> {
  return Promise.all(
    Object.keys(encodings).map(async (encoding): Promise<[string, Buffer]> => {
      return [encoding, await makePicture(encoding, { width: 9, height: 5, orientation: 6 })];
    }),
  );
}

describe('what an original is', () => {
  it.each(Object.keys(encodings))(
    'is found for %s as the decoder finds it, in every orientation',
    async (encoding) => {
      for (const orientation of [undefined, 1, 2, 3, 4, 5, 6, 7, 8]) {
        for (const [width, height] of [
          [48, 32],
          [1, 1],
          [17, 301],
        ] as const) {
          for (const alpha of [false, true]) {
            const picture = await makePicture(encoding, { width, height, alpha, orientation });
            const { autoOrient } = await sharp(picture).metadata();
            expect(inspect(picture)).toEqual({ contentType: encodings[encoding]?.contentType, ...autoOrient });
          }
        }
      }
    },
    60_000,
  );

  it('does not depend on how the bytes are cut', async () => {
    const pictures = await smallPictures();
    const crafted: [string, Uint8Array][] = [
      ['AVIF, turned', avif({ turn: 1 })],
      ['JPEG', jpeg([jpegExif(8)])],
    ];
    for (const [encoding, picture] of [...pictures, ...crafted]) {
      const whole = inspect(picture);
      expect([encoding, verdictInPieces(picture, new Array(picture.length).fill(1))]).toEqual([encoding, whole]);
      fc.assert(
        fc.property(fc.array(fc.nat(200), { maxLength: 30 }), (pieces) => {
          expect(verdictInPieces(picture, pieces)).toEqual(whole);
        }),
        { numRuns: 60 },
      );
    }
  });

  it('is known from the first bytes, except where the format has what matters at its end', async () => {
    const photo = await makePicture('baseline JPEG', { width: 800, height: 600 });
    expect(bytesUntilKnown(photo)).toBeLessThan(700);
    const inspector = createOriginalInspector(limits);
    inspector.push(photo.subarray(0, 700));
    expect(inspector.info).toEqual({ contentType: 'image/jpeg', width: 800, height: 600 });
    inspector.push(new Uint8Array(1000));
    expect(inspector.finish()).toEqual({ contentType: 'image/jpeg', width: 800, height: 600 });
  });

  it('is refused as soon as a TIFF shows more than some thousand pages, whose first page was all that was wanted', () => {
    expect(verdictInPieces(tiffOfPages(4_096), [100, 1])).toMatchObject({ contentType: 'image/tiff', width: 1 });
    const many = tiffOfPages(400_000);
    expect(errorOf(() => createOriginalInspector(limits).push(many.subarray(0, 200_000))).code).toBe('invalid_image');
    expect(verdictInPieces(many, [31, 7, 1])).toBe('invalid_image');
    expect(codeOf(many)).toBe('invalid_image');
  });

  it('is refused for a TIFF whose pages stand in another order as soon as all of it is there', () => {
    expect(inspect(tiffOfPages(4_096, 'backward'))).toMatchObject({ width: 1, height: 1 });
    expect(codeOf(tiffOfPages(400_000, 'backward'))).toBe('invalid_image');
  });

  it('is that of the first page for a TIFF that ends within a later one, or goes round in a circle', () => {
    const whole = tiffOfPages(3);
    for (let bytes = 38; bytes < whole.length; bytes += 1) {
      expect(verdictInPieces(whole.slice(0, bytes), [20])).toMatchObject({ width: 1, height: 1 });
    }
    const circle = tiffOfPages(3).slice();
    circle.set(u32(8).reverse(), circle.length - 4);
    expect(verdictInPieces(circle, [])).toMatchObject({ width: 1, height: 1 });
    expect(codeOf(circle)).toBe('invalid_image');
  });

  it('stays unknown until the end for a TIFF with its directory there', async () => {
    const picture = await makePicture('TIFF', { width: 300, height: 200 });
    expect(bytesUntilKnown(picture)).toBeGreaterThan(picture.length / 2);
  });
});

describe('a header that ends early', () => {
  it('is a broken image at every point where it can end', async () => {
    for (const [encoding, picture] of [...(await smallPictures()), ['AVIF, turned', avif({ turn: 1 })] as const]) {
      const known = bytesUntilKnown(picture);
      for (let length = 1; length < known; length += 1) {
        expect([encoding, length, codeOf(picture.subarray(0, length))]).toEqual([encoding, length, 'invalid_image']);
      }
    }
  });

  it('is an empty body when there was no byte', () => {
    expect(codeOf(new Uint8Array(0))).toBe('empty_body');
    expect(verdictInPieces(new Uint8Array(0), [0, 0, 0])).toBe('empty_body');
  });
});

describe('bytes that are no image', () => {
  it('never bring the parser down', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(codeOf(bytes)).toMatch(/^(empty_body|unsupported_type|invalid_image|too_many_pixels)$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never bring it down when they are a real image with some bytes changed', async () => {
    const pictures = [...(await smallPictures()), ['AVIF', avif({ turn: 1, crop: [20, 10] })] as const];
    const changes = fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(fc.constantFrom(...pictures), changes, fc.array(fc.nat(50)), ([, picture], changed, pieces) => {
        const bytes = new Uint8Array(picture);
        for (const [at, value] of changed) bytes[at % bytes.length] = value;
        expect(verdictInPieces(bytes, pieces)).toEqual(verdictInPieces(bytes, []));
      }),
      { numRuns: 3_000 },
    );
  });

  it('say what to do about it when they are HEIC', () => {
    for (const bytes of [
      box('ftyp', 'heic', u32(0), 'mif1heic'),
      avif({ brands: ['mif1'], itemType: 'hvc1' }),
      avif({ brands: ['mif1'], itemType: 'grid', tileType: 'hvc1' }),
    ]) {
      const error = errorOf(() => inspect(bytes));
      expect(error.code).toBe('unsupported_type');
      expect(error.detail).toContain('Settings > Camera > Formats > Most Compatible');
    }
  });

  it.each<[string, Uint8Array, string]>([
    ['an SVG', bytesOf('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'SVG'],
    ['a PDF', bytesOf('%PDF-1.7 and more'), 'PDF'],
    ['HTML', bytesOf('<!doctype html><script>'), 'markup'],
    ['a BMP', bytesOf('BM', u32(0), u32(0), u32(0)), 'BMP'],
    ['an icon', bytesOf([0, 0, 1, 0], u32(0), u32(0)), 'icon'],
    ['a Photoshop document', bytesOf('8BPS', u32(0), u32(0)), 'Photoshop'],
    ['JPEG XL', bytesOf([0xff, 0x0a], new Uint8Array(20)), 'JPEG XL'],
    ['JPEG 2000', bytesOf([0, 0, 0, 12], 'jP  ', u32(0)), 'JPEG 2000'],
    ['MP4', box('ftyp', 'isom', u32(0), 'isommp42'), 'video'],
    ['a camera raw file with boxes', box('ftyp', 'crx ', u32(0), 'crx isom'), 'raw'],
    [
      'a camera raw file like a TIFF',
      tiff([
        [256, 40],
        [257, 30],
        [50706, 1],
      ]),
      'raw',
    ],
    ['a sound', bytesOf('RIFF', u32(99), 'WAVEfmt '), 'not an image'],
    ['a short text', bytesOf('hi'), 'not an image'],
    ['a lossless JPEG', jpeg([], jpegFrame({ code: 0xc3 })), 'lossless'],
    ['a 12-bit JPEG', jpeg([], jpegFrame({ code: 0xc1, precision: 12 })), '12-bit'],
    ['a HEIF with something else inside', avif({ itemType: 'unci' }), 'HEIF'],
  ])('are refused as %s', (_, bytes, word) => {
    const error = errorOf(() => inspect(bytes));
    expect(error.code).toBe('unsupported_type');
    expect(error.detail).toContain(word);
    expect(error.detail).toContain('Upload a JPEG, PNG, WebP, GIF, AVIF or TIFF image.');
  });

  it('fail again at every later call', () => {
    const inspector = createOriginalInspector(limits);
    expect(() => inspector.push(bytesOf('%PDF-1.7 and more'))).toThrow(AppError);
    expect(() => inspector.push(jpeg([]))).toThrow(AppError);
    expect(() => inspector.finish()).toThrow(AppError);
    expect(inspector.info).toBeNull();
  });
});

describe('a JPEG', () => {
  it.each([
    ['the first of two EXIF blocks', jpeg([jpegExif(6), jpegExif(1)]), true],
    ['not the second one', jpeg([jpegExif(1), jpegExif(6)]), false],
    ['an EXIF block after the frame', jpeg([], jpegFrame(), [jpegExif(6)]), true],
    ['no XMP', jpeg([jpegSegment(0xe1, bytesOf('http://ns.adobe.com/xap/1.0/\0')), jpegExif(6)]), true],
    ['an impossible orientation', jpeg([jpegExif(9)]), false],
    ['fill bytes', jpeg([new Uint8Array(9).fill(0xff), jpegExif(6)]), true],
    ['stray bytes', jpeg([jpegSegment(0xfe, [0]), bytesOf([1, 2, 3]), jpegExif(6)]), true],
    ['an empty APP1', jpeg([jpegSegment(0xe1, []), jpegExif(6)]), true],
  ])('follows %s as decoders do', (_, bytes, turned) => {
    const size = turned ? { width: 30, height: 40 } : { width: 40, height: 30 };
    expect(inspect(bytes)).toEqual({ contentType: 'image/jpeg', ...size });
  });

  it.each([
    ['a height of 0', jpeg([], jpegFrame({ height: 0 }))],
    ['a width of 0', jpeg([], jpegFrame({ width: 0 }))],
    ['no frame', bytesOf([0xff, 0xd8], jpegSegment(0xda, [1, 1, 0, 0, 63, 0]))],
    ['two frames', jpeg([jpegFrame()])],
    ['a frame of a wrong length', jpeg([], jpegSegment(0xc0, [8, 0, 30, 0, 40, 3, 1, 0x11, 0]))],
    ['an end before its picture', bytesOf([0xff, 0xd8, 0xff, 0xd9], new Uint8Array(20))],
    ['a segment shorter than its length', bytesOf([0xff, 0xd8, 0xff, 0xe0, 0, 1], new Uint8Array(20))],
  ])('with %s is broken', (_, bytes) => {
    expect(codeOf(bytes)).toBe('invalid_image');
  });
});

describe('a PNG', () => {
  const data = pngChunk('IDAT', new Uint8Array(4));

  it('is turned by its eXIf chunk', () => {
    const bytes = bytesOf(pngHeader(40, 30), pngChunk('eXIf', exifBlock(5)), data);
    expect(inspect(bytes)).toEqual({ contentType: 'image/png', width: 30, height: 40 });
  });

  it.each([
    ['a width of 0', bytesOf(pngHeader(0, 30), data)],
    ['a width beyond the standard', bytesOf(pngHeader(0x8000_0000, 1), data)],
    ['a side that no decoder takes', bytesOf(pngHeader(20_000_000, 1), data)],
    ['pixels of no known kind', bytesOf(pngHeader(40, 30, 3), data)],
    [
      'a wrong checksum',
      bytesOf(
        pngHeader(40, 30).map((byte, at) => (at === 19 ? byte + 1 : byte)),
        data,
      ),
    ],
    ['no picture', bytesOf(pngHeader(40, 30), pngChunk('IEND'))],
    ['a damaged chunk name', bytesOf(pngHeader(40, 30), pngChunk('ID\0T'), data)],
  ])('with %s is broken', (_, bytes) => {
    expect(codeOf(bytes)).toBe('invalid_image');
  });
});

describe('a GIF', () => {
  it('is as large as its screen, or as its first frame where that reaches beyond', () => {
    expect(inspect(gif([40, 30], [0, 0, 40, 30]))).toMatchObject({ width: 40, height: 30 });
    expect(inspect(gif([20, 30], [10, 5, 40, 20]))).toMatchObject({ width: 50, height: 30 });
    expect(inspect(gif([0, 0], [0, 0, 40, 30]))).toMatchObject({ width: 40, height: 30 });
    expect(codeOf(gif([0, 0], [0, 0, 0, 30]))).toBe('invalid_image');
  });
});

describe('an AVIF', () => {
  it.each<[string, Uint8Array, [number, number]]>([
    ['lies as stored', avif(), [40, 30]],
    ['is turned by irot', avif({ turn: 3 }), [30, 40]],
    ['is not turned by half a turn', avif({ turn: 2 }), [40, 30]],
    ['is cropped by clap, then turned', avif({ crop: [20, 10], turn: 1 }), [10, 20]],
    ['may be a grid', avif({ itemType: 'grid', tileType: 'av01' }), [40, 30]],
    ['may be an animation', avif({ brands: ['avis', 'msf1'] }), [40, 30]],
    ['may have its meta box last', avif({ before: [box('mdat', new Uint8Array(5_000))] }), [40, 30]],
  ])('%s', (_, bytes, [width, height]) => {
    expect(inspect(bytes)).toEqual({ contentType: 'image/avif', width, height });
  });

  it.each([
    ['names a main picture that is not there', avif({ primary: 7 }), 'invalid_image'],
    ['has no size', avif({ size: [0, 30] }), 'invalid_image'],
    [
      'has a box that is longer than its parent',
      bytesOf(box('ftyp', 'avif', u32(0)), u32(12), 'meta', u32(0), u32(99), 'pitm'),
      'invalid_image',
    ],
    ['has a brand list without end', bytesOf(u32(65_000), 'ftypavif', new Uint8Array(60_000)), 'invalid_image'],
  ])('that %s is refused', (_, bytes, code) => {
    expect(codeOf(bytes)).toBe(code);
  });
});

describe('limits', () => {
  it.each<[string, Uint8Array]>([
    ['JPEG', jpeg([], jpegFrame({ width: 60_000, height: 60_000 }))],
    ['GIF', gif([60_000, 60_000], [0, 0, 1, 1])],
    ['AVIF', avif({ size: [0xffff_ffff, 0xffff_ffff] })],
    [
      'TIFF',
      tiff([
        [256, 0xffff_ffff],
        [257, 0xffff_ffff],
      ]),
    ],
    ['WebP', bytesOf('RIFF', u32(0).reverse(), 'WEBPVP8X', [10, 0, 0, 0, 0, 0, 0, 0], new Uint8Array(6).fill(0xff))],
  ])('a %s with too many pixels is refused', (_, bytes) => {
    expect(codeOf(bytes)).toBe('too_many_pixels');
  });

  it('the limit itself is allowed', () => {
    const bytes = jpeg([], jpegFrame({ width: 100, height: 100 }));
    expect(inspectOriginal(bytes, { maxPixels: 10_000 })).toMatchObject({ width: 100, height: 100 });
    expect(errorOf(() => inspectOriginal(bytes, { maxPixels: 9_999 })).code).toBe('too_many_pixels');
  });

  it('lengths of terabytes cost nothing', () => {
    const bigTiff = bytesOf('II', [43, 0, 8, 0, 0, 0], new Uint8Array(8).fill(0xff));
    expect(codeOf(bigTiff)).toBe('invalid_image');
    const bigBox = bytesOf(box('ftyp', 'avif', u32(0)), u32(1), 'mdat', new Uint8Array(8).fill(0xff));
    expect(codeOf(bigBox)).toBe('invalid_image');
  });

  it.each<[string, Uint8Array, Uint8Array]>([
    ['JPEG fill bytes', bytesOf([0xff, 0xd8, 0xff, 0xe0, 0, 2]), bytesOf([0xff])],
    ['JPEG stray bytes', bytesOf([0xff, 0xd8, 0xff, 0xe0, 0, 2]), bytesOf([0])],
    ['JPEG markers without length', bytesOf([0xff, 0xd8]), bytesOf([0xff, 1])],
    ['GIF sub-blocks of one byte', bytesOf('GIF89a', new Uint8Array(7), [0x21, 0xfe]), bytesOf([1, 1])],
    ['empty GIF extensions', bytesOf('GIF89a', new Uint8Array(7)), bytesOf([0x21, 0xfe, 0])],
    ['empty PNG chunks', pngHeader(40, 30), pngChunk('tEXt')],
    ['empty AVIF boxes', box('ftyp', 'avif', u32(0)), bytesOf(u32(8), 'free')],
  ])('30 MB of %s are refused in no time', (_, start, repeated) => {
    const filler = new Uint8Array(1_000_000);
    for (let at = 0; at + repeated.length <= filler.length; at += repeated.length) filler.set(repeated, at);
    const usable = filler.subarray(0, Math.floor(filler.length / repeated.length) * repeated.length);
    const inspector = createOriginalInspector(limits);
    const before = process.cpuUsage();
    const error = errorOf(() => {
      inspector.push(start);
      for (let round = 0; round < 30; round += 1) inspector.push(usable);
      inspector.finish();
    });
    const { user, system } = process.cpuUsage(before);
    expect(error.code).toBe('invalid_image');
    expect((user + system) / 1000).toBeLessThan(1_500);
  });

  it('one item of an AVIF named over and over does not grow its memory or time', () => {
    const entry = bytesOf(u16(1), [1, 1]);
    const count = 60_000;
    const entries = new Uint8Array(entry.length * count);
    for (let index = 0; index < count; index += 1) entries.set(entry, index * entry.length);
    const body = bytesOf(u32(0), box('iprp', box('ipma', u32(0), u32(count), entries)));
    expect(codeOf(bytesOf(box('ftyp', 'avif', u32(0)), box('meta', body)))).toBe('invalid_image');
  });
});
