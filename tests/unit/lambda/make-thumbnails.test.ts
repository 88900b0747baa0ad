import { describe, expect, it } from '@jest/globals';
import sharp, { type Sharp } from 'sharp';
import { thumbHashToRGBA } from 'thumbhash';
import type { MadeImage } from '../../../core/thumbnails/made-images.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';
import { makeThumbnails } from '../../../lambda/make-thumbnails.ts';
import { avif, jpeg } from '../core/thumbnails/crafted.ts';
import { encodings, makePicture } from '../core/thumbnails/pictures.ts';

const maxPixels = 100_000_000;
const recipe = (heights: number[], format: Recipe['format'] = 'same'): Recipe => ({ version: 1, heights, format });

async function make(bytes: Uint8Array, heights = [16, 32], format: Recipe['format'] = 'same', pixels = maxPixels) {
  return makeThumbnails({ bytes, recipe: recipe(heights, format), maxPixels: pixels });
}

async function made(bytes: Uint8Array, heights?: number[], format?: Recipe['format']) {
  const result = await make(bytes, heights, format);
  if (result.status !== 'made') throw new Error(result.failure.message, { cause: result.cause });
  return result;
}

/** A GIF of 10 x 10 and two colours, of these blocks. */
function gifOf(frames: number[]): Buffer {
  const screen = [10, 0, 10, 0, 0x80, 0, 0];
  return Buffer.from([...Buffer.from('GIF89a'), ...screen, 255, 0, 0, 0, 255, 0, ...frames, 0x3b]);
}

/** An image block: its size, then the size of its first code and blocks of data. */
function gifFrame(width: number, height: number, data: number[]): number[] {
  return [0x2c, 0, 0, 0, 0, width, 0, height, 0, 0, ...data];
}

/** Red, green, blue, alpha in the middle of a part of the picture, given in shares of its sides. */
async function colourAt(image: Uint8Array, x: number, y: number): Promise<number[]> {
  const { data, info } = await sharp(image)
    .ensureAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 4;
  return [...data.subarray(at, at + 4)];
}

function expectColour(actual: number[], expected: number[], tolerance = 12): void {
  for (const [index, value] of expected.entries()) {
    if (Math.abs((actual[index] ?? -1) - value) > tolerance) throw new Error(`${actual} is not ${expected}`);
  }
}

const noise = async (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  });

const red = [220, 20, 20];
const blue = [20, 20, 220];

describe('thumbnails', () => {
  it('are made for every height, ascending, of the original upright', async () => {
    const result = await made(
      await makePicture('baseline JPEG', { width: 90, height: 60, orientation: 6 }),
      [16, 30, 200],
    );
    expect(result.original).toEqual({ width: 60, height: 90 });
    expect(result.images.map(({ data: _, ...image }) => image)).toEqual([
      { tierHeight: 16, width: 11, height: 16, contentType: 'image/jpeg' },
      { tierHeight: 30, width: 20, height: 30, contentType: 'image/jpeg' },
      { tierHeight: 200, width: 60, height: 90, contentType: 'image/jpeg' },
    ]);
    for (const image of result.images) {
      const { width, height } = await sharp(image.data).metadata();
      expect({ width, height }).toEqual({ width: image.width, height: image.height });
    }
  });

  it.each([
    [1, [0.1, 0.5], [0.9, 0.5]],
    [2, [0.9, 0.5], [0.1, 0.5]],
    [3, [0.9, 0.5], [0.1, 0.5]],
    [4, [0.1, 0.5], [0.9, 0.5]],
    [5, [0.5, 0.1], [0.5, 0.9]],
    [6, [0.5, 0.1], [0.5, 0.9]],
    [7, [0.5, 0.9], [0.5, 0.1]],
    [8, [0.5, 0.9], [0.5, 0.1]],
  ] as const)('show orientation %i as a person sees it', async (orientation, redAt, blueAt) => {
    const picture = await makePicture('baseline JPEG', { width: 60, height: 40, orientation });
    for (const { data } of (await made(picture, [16, 32])).images) {
      expectColour(await colourAt(data, redAt[0], redAt[1]), red);
      expectColour(await colourAt(data, blueAt[0], blueAt[1]), blue);
      expect((await sharp(data).metadata()).orientation).toBeUndefined();
    }
  });

  it.each(Object.keys(encodings))('are made of a %s in its own format, with its colours', async (encoding) => {
    const { images } = await made(await makePicture(encoding));
    const original = encodings[encoding]?.contentType;
    const expected = original === 'image/tiff' ? 'image/jpeg' : original;
    const colours = encoding.startsWith('grey') ? null : encoding.startsWith('CMYK') ? 90 : 12;
    for (const image of images) {
      expect(image.contentType).toBe(expected);
      expect((await sharp(image.data).metadata()).mediaType).toBe(expected);
      if (colours !== null) {
        expectColour(await colourAt(image.data, 0.2, 0.5), red, colours);
        expectColour(await colourAt(image.data, 0.8, 0.5), blue, colours);
      }
    }
  });

  it.each(['webp', 'avif', 'jpeg'] as const)('are %s when the recipe says so', async (format) => {
    for (const encoding of ['PNG', 'baseline JPEG', 'GIF', 'TIFF', 'AVIF']) {
      for (const image of (await made(await makePicture(encoding, { alpha: true }), [16], format)).images) {
        expect(image.contentType).toBe(`image/${format}`);
        expect((await sharp(image.data).metadata()).mediaType).toBe(`image/${format}`);
      }
    }
  });

  it('keep transparency where the format has it, and lie on white in a JPEG', async () => {
    const half = await makePicture('PNG', { alpha: true });
    const first = async (format: Recipe['format']) => (await made(half, [16], format)).images[0]?.data ?? Buffer.of();
    for (const format of ['same', 'webp', 'avif'] as const) {
      expectColour(await colourAt(await first(format), 0.2, 0.5), [...red, 128], 20);
    }
    expectColour(await colourAt(await first('jpeg'), 0.2, 0.5), [237, 137, 137, 255]);
  });

  it('of a TIFF are PNG when it is transparent', async () => {
    const { images } = await made(await makePicture('TIFF', { alpha: true }));
    expect(images.map((image) => image.contentType)).toEqual(['image/png', 'image/png']);
  });

  it('have eight bits a channel and three channels, whatever the original has', async () => {
    for (const encoding of ['16-bit PNG', 'grey JPEG', 'CMYK JPEG']) {
      for (const { data } of (await made(await makePicture(encoding))).images) {
        expect(await sharp(data).metadata()).toMatchObject({ depth: 'uchar', channels: 3, space: 'srgb' });
      }
    }
  });

  it('are in sRGB when the original has another profile', async () => {
    const wide = await sharp({ create: { width: 40, height: 40, channels: 3, background: '#00ff00' } })
      .withIccProfile('p3')
      .png()
      .toBuffer();
    const stored = await colourAt(await sharp(wide).keepIccProfile().png().toBuffer(), 0.5, 0.5);
    expectColour(stored, [0, 255, 0], 3);
    const untagged = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    expect(untagged[0]).toBeGreaterThan(80);
    const { images } = await made(wide);
    for (const { data } of images) {
      expectColour(await colourAt(data, 0.5, 0.5), [0, 255, 0], 3);
      expect((await sharp(data).metadata()).icc).toBeUndefined();
    }
  });

  it('carry no metadata at all', async () => {
    for (const encoding of ['baseline JPEG', 'PNG', 'lossy WebP', 'AVIF', 'TIFF']) {
      const bare = await makePicture(encoding, { width: 64, height: 64 });
      const original = await sharp(bare)
        .withIccProfile('p3')
        .withExif({
          IFD0: { Copyright: 'secret-copyright' },
          IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100' },
        })
        .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">secret-xmp</x:xmpmeta>')
        .toBuffer();
      expect((await sharp(original).metadata()).xmp).toBeDefined();
      for (const format of ['same', 'webp', 'avif', 'jpeg'] as const) {
        for (const { data } of (await made(Buffer.from(original), [16, 32], format)).images) {
          const { exif, xmp, icc, iptc, comments, orientation } = await sharp(data).metadata();
          expect({ exif, xmp, icc, iptc, comments, orientation }).toEqual({});
          expect(data.includes('secret')).toBe(false);
          expect(data.includes('Exif')).toBe(false);
        }
      }
    }
  });

  it('show the first frame of an animation and the first page of a file of many', async () => {
    const frame = (background: string): Sharp => sharp({ create: { width: 40, height: 40, channels: 3, background } });
    const frames = await Promise.all([frame('#ff0000'), frame('#0000ff')].map((each) => each.png().toBuffer()));
    const join = () => sharp(frames, { join: { animated: true } });
    for (const animation of [join().gif(), join().webp(), join().tiff()]) {
      const { images, original } = await made(await animation.toBuffer(), [16]);
      expect(original).toEqual({ width: 40, height: 40 });
      expect(images).toHaveLength(1);
      const { pages, width, height } = await sharp(images[0]?.data).metadata();
      expect([pages ?? 1, width, height]).toEqual([1, 16, 16]);
      expectColour(await colourAt(images[0]?.data ?? Buffer.of(), 0.5, 0.5), [255, 0, 0]);
    }
  });

  it('are made of an AVIF animation, whose brand decoders do not know', async () => {
    const picture = await makePicture('AVIF');
    picture.write('avis', 8, 'latin1');
    expect((await made(picture)).images).toHaveLength(2);
  });

  it('are the same bytes when made again', async () => {
    for (const format of ['same', 'webp', 'avif'] as const) {
      const picture = await (await noise(120, 90)).png().toBuffer();
      expect(await made(picture, [16, 50], format)).toEqual(await made(picture, [16, 50], format));
    }
  });

  it('are not worse than made from the original one by one', async () => {
    const shapes = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1200"><rect width="1600" height="1200" fill="#fff"/>' +
        Array.from(
          { length: 60 },
          (_, i) =>
            `<circle cx="${(i * 257) % 1600}" cy="${(i * 173) % 1200}" r="${20 + i}" fill="hsl(${i * 37} 70% 50%)"/>`,
        ).join('') +
        '</svg>',
    );
    const picture = await sharp(shapes).jpeg({ quality: 95 }).toBuffer();
    const { images } = await made(picture, [100, 200, 400, 800]);
    for (const image of images) {
      const alone = await sharp(picture).resize(image.width, image.height, { fit: 'fill' }).raw().toBuffer();
      const ours = await sharp(image.data).raw().toBuffer();
      const squares = ours.reduce((sum, value, at) => sum + (value - (alone[at] ?? 0)) ** 2, 0);
      expect(10 * Math.log10(255 ** 2 / (squares / ours.length))).toBeGreaterThan(26);
    }
  });

  it('come with a placeholder that looks like the picture', async () => {
    const { placeholder } = await made(await makePicture('PNG', { width: 300, height: 200 }));
    const { w, h, rgba } = thumbHashToRGBA(Buffer.from(placeholder, 'base64'));
    expect(w / h).toBeCloseTo(1.5, 0);
    const left = rgba.slice(0, 4);
    const right = rgba.slice((w - 1) * 4, w * 4);
    expect(left[0]).toBeGreaterThan(left[2] ?? 255);
    expect(right[2]).toBeGreaterThan(right[0] ?? 255);
  });

  it.each([
    [1, 1],
    [9_000, 1],
    [1, 9_000],
  ])('are made of a picture of %i x %i', async (width, height) => {
    for (const format of ['same', 'webp', 'avif', 'jpeg'] as const) {
      expect((await made(await makePicture('PNG', { width, height }), [16, 400], format)).images).toHaveLength(2);
    }
  });

  it('that have the same size are made once', async () => {
    const { images } = await made(await makePicture('PNG', { width: 48, height: 20 }), [16, 100, 200]);
    const [, second, third] = images as [MadeImage, MadeImage, MadeImage];
    expect(second.data).toBe(third.data);
    expect([second.tierHeight, third.tierHeight]).toEqual([100, 200]);
  });
});

describe('an original that cannot be decoded', () => {
  it.each(Object.keys(encodings))('is a verdict when a %s is cut off', async (encoding) => {
    const whole = await encodings[encoding]!.encode(await noise(200, 150)).toBuffer();
    for (const share of [0.5, 0.9]) {
      const result = await make(whole.subarray(0, Math.floor(whole.length * share)));
      expect(result).toMatchObject({ status: 'failed', failure: { code: 'undecodable' } });
    }
  });

  it('is a verdict when only the end of the picture is there', async () => {
    const whole = await (await noise(400, 300)).jpeg().toBuffer();
    const closed = Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.of(0xff, 0xd9)]);
    expect(await make(closed)).toMatchObject({ status: 'failed', failure: { code: 'undecodable' } });
  });

  it.each<[string, Uint8Array]>([
    ['nothing', Buffer.of()],
    ['text', Buffer.from('this is not an image at all')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['a header alone', jpeg([])],
    ['boxes alone', avif()],
  ])('is a verdict when it is %s', async (_, bytes) => {
    const result = await make(bytes);
    expect(result).toMatchObject({ status: 'failed', failure: { code: 'undecodable' } });
    if (result.status === 'failed') expect(result.failure.message).not.toMatch(/vips|heif|\n/i);
  });

  it('has too many pixels when it has', async () => {
    const picture = await makePicture('PNG', { width: 100, height: 100 });
    expect(await make(picture, [16], 'same', 9_999)).toMatchObject({
      status: 'failed',
      failure: { code: 'too_many_pixels' },
    });
    expect(await make(picture, [16], 'same', 10_000)).toMatchObject({ status: 'made' });
  });

  it.each<[string, number[]]>([
    ['no image', []],
    ['a frame without data', gifFrame(10, 10, [2, 0])],
    ['a frame of no size', gifFrame(0, 0, [2, 2, 0x44, 1, 0])],
    ['a frame whose data ends at once', gifFrame(10, 10, [2, 1, 0x2c, 0])],
    ['a frame whose first code cannot be', gifFrame(10, 10, [2, 1, 0xfe, 0])],
    ['a frame of codes that are too wide', gifFrame(10, 10, [13, 2, 1, 1, 0])],
    ['two frames without data', [...gifFrame(10, 10, [2, 0]), ...gifFrame(10, 10, [2, 0])]],
  ])('is a verdict, and no blank thumbnail, on a GIF with %s', async (_, frames) => {
    const result = await make(gifOf(frames));
    expect(result).toMatchObject({ status: 'failed', failure: { code: 'undecodable' } });
  });

  it('passes over an empty frame before one that shows something', async () => {
    const picture = await makePicture('GIF');
    const at = picture.indexOf(Buffer.from([0x2c, 0, 0, 0, 0]));
    const before = Buffer.concat([
      picture.subarray(0, at),
      Buffer.from(gifFrame(10, 10, [2, 0])),
      picture.subarray(at),
    ]);
    const [shown, expected] = await Promise.all([made(before), made(picture)]);
    for (const [x, y] of [
      [0.2, 0.2],
      [0.8, 0.8],
    ] as const) {
      expectColour(await colourAt(shown.images[0]!.data, x, y), await colourAt(expected.images[0]!.data, x, y), 40);
    }
  });

  it('is a picture for every GIF that is one, whatever its frames are made of', async () => {
    for (const colours of [2, 4, 16, 256]) {
      const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
      const picture = sharp({ create: { width: 40, height: 30, channels: 3, background: '#888', noise } });
      expect((await made(await picture.gif({ colours }).toBuffer())).images).toHaveLength(2);
    }
  });

  it('is none when a camera left stray bytes that viewers pass over', async () => {
    const picture = await makePicture('baseline JPEG', { width: 200, height: 150 });
    const stray = Buffer.concat([picture.subarray(0, 20), Buffer.of(0, 0, 0, 0), picture.subarray(20)]);
    await expect(sharp(stray).raw().toBuffer()).rejects.toThrow('extraneous bytes');
    expect(await made(stray)).toMatchObject({ images: { length: 2 }, warnings: ['damaged'] });
    expect(await made(picture)).toMatchObject({ warnings: [] });
  });
});
