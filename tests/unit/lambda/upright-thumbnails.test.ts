import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { inspectOriginal } from '../../../core/thumbnails/inspect-original.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';
import { makeThumbnails } from '../../../lambda/make-thumbnails.ts';
import { encodings } from '../core/thumbnails/pictures.ts';

const width = 96;
const height = 64;
const colours: Record<string, readonly number[]> = {
  red: [220, 20, 20],
  white: [250, 250, 250],
  blue: [20, 20, 220],
  black: [8, 8, 8],
};

/** What a person sees at the top left, top right, bottom left and bottom right (TIFF 6.0, tag 274). */
const seen: Record<number, string[]> = {
  1: ['red', 'white', 'blue', 'black'],
  2: ['white', 'red', 'black', 'blue'],
  3: ['black', 'blue', 'white', 'red'],
  4: ['blue', 'black', 'red', 'white'],
  5: ['red', 'blue', 'white', 'black'],
  6: ['blue', 'red', 'black', 'white'],
  7: ['black', 'white', 'blue', 'red'],
  8: ['white', 'black', 'red', 'blue'],
};

/** Stored as orientation 1 is seen; with alpha, the white quarter is half transparent and the black one wholly. */
async function corneredPicture(encoding: string, orientation: number, alpha: boolean): Promise<Buffer> {
  const channels = alpha ? 4 : 3;
  const pixels = Buffer.alloc(width * height * channels);
  const alphas = [255, 128, 255, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const corner = (y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1);
      const colour = colours[seen[1]![corner]!]!;
      pixels.set([...colour, alphas[corner]!].slice(0, channels), (y * width + x) * channels);
    }
  }
  const image = sharp(pixels, { raw: { width, height, channels } }).withMetadata({ orientation });
  return encodings[encoding]!.encode(image).toBuffer();
}

/** Names the colour in the middle of each quarter, and its alpha. */
async function cornersOf(image: Uint8Array): Promise<{ colours: string[]; alphas: number[]; off: number }> {
  const { data, info } = await sharp(image).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const found: { name: string; off: number; alpha: number }[] = [];
  for (const y of [0.25, 0.75]) {
    for (const x of [0.25, 0.75]) {
      const at = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 4;
      const distances = Object.entries(colours).map(([name, colour]) => {
        return { name, off: Math.max(...colour.map((value, channel) => Math.abs(value - (data[at + channel] ?? 0)))) };
      });
      const nearest = distances.sort((a, b) => a.off - b.off)[0]!;
      found.push({ ...nearest, alpha: data[at + 3] ?? 0 });
    }
  }
  return {
    colours: found.map((corner) => corner.name),
    alphas: found.map((corner) => corner.alpha),
    // What cannot be seen has no colour.
    off: Math.max(...found.filter((corner) => corner.alpha > 16).map((corner) => corner.off)),
  };
}

async function thumbnailsOf(bytes: Buffer, format: Recipe['format']) {
  const recipe = { version: 1 as const, heights: [16, 32, 48], format };
  const made = await makeThumbnails({ bytes: Buffer.from(bytes), recipe, maxPixels: 1_000_000 });
  if (made.status !== 'made') throw new Error(made.failure.message, { cause: made.cause });
  return made;
}

const oriented = Object.keys(encodings).filter((encoding) => encoding !== 'GIF' && !encoding.startsWith('grey'));
// What sharp writes without alpha: JPEG, and TIFF with JPEG in it.
const transparent = [
  'PNG',
  'interlaced PNG',
  '16-bit PNG',
  'palette PNG',
  'lossy WebP',
  'lossless WebP',
  'AVIF',
  'TIFF',
];

describe('thumbnails are upright, with the right colours', () => {
  it.each(oriented)('of a %s in every orientation, as wide and high as its header says', async (encoding) => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const picture = await corneredPicture(encoding, orientation, false);
      // An AVIF is turned by its loader, which says nothing of it.
      if (encoding !== 'AVIF') expect((await sharp(picture).metadata()).orientation).toBe(orientation);
      for (const format of ['same', 'webp'] as const) {
        const { original, images } = await thumbnailsOf(picture, format);
        expect(original).toEqual(orientation >= 5 ? { width: height, height: width } : { width, height });
        expect(inspectOriginal(picture, { maxPixels: 1_000_000 })).toMatchObject(original);
        for (const image of images) {
          const corners = await cornersOf(image.data);
          expect({ orientation, colours: corners.colours }).toEqual({ orientation, colours: seen[orientation] });
          if (!encoding.startsWith('CMYK')) expect(corners.off).toBeLessThanOrEqual(20);
        }
      }
    }
  });

  it.each(transparent)('of a transparent %s in every orientation', async (encoding) => {
    for (let orientation = 1; orientation <= 8; orientation += 1) {
      const picture = await corneredPicture(encoding, orientation, true);
      for (const image of (await thumbnailsOf(picture, 'same')).images) {
        const { colours: found, alphas, off } = await cornersOf(image.data);
        for (const [corner, name] of seen[orientation]!.entries()) {
          const alpha = { red: 255, white: 128, blue: 255, black: 0 }[name] ?? 0;
          expect(Math.abs(alphas[corner]! - alpha)).toBeLessThanOrEqual(12);
          if (name !== 'black') expect({ orientation, corner: found[corner] }).toEqual({ orientation, corner: name });
        }
        expect(off).toBeLessThanOrEqual(24);
      }
    }
  });

  it.each(['srgb', 'p3'])('of pictures with 16 bits and a profile (%s)', async (profile) => {
    for (const channels of [3, 4] as const) {
      const background = { r: 220, g: 20, b: 20, alpha: 1 };
      const picture = sharp({ create: { width, height, channels, background } })
        .toColourspace('rgb16')
        .withIccProfile(profile);
      for (const encoded of [picture.clone().png(), picture.clone().tiff({ compression: 'lzw' })]) {
        const bytes = await encoded.toBuffer();
        expect(await sharp(bytes).metadata()).toMatchObject({ depth: 'ushort', icc: expect.anything() });
        for (const { data } of (await thumbnailsOf(bytes, 'same')).images) {
          const pixel = [...(await sharp(data).removeAlpha().raw().toBuffer()).subarray(0, 3)];
          expect(Math.max(...pixel.map((value, at) => Math.abs(value - colours.red![at]!)))).toBeLessThanOrEqual(3);
        }
      }
    }
  });
});
