import sharp, { type Sharp, type SharpOptions } from 'sharp';
import { AppError } from '../core/errors.ts';
import { inspectOriginal, type OriginalContentType } from '../core/thumbnails/inspect-original.ts';
import type { MadeImage, MadeImages, PixelSize, ThumbnailContentType } from '../core/thumbnails/made-images.ts';
import type { Recipe } from '../core/thumbnails/recipe.ts';
import type { Failure, ImageWarning } from '../core/thumbnails/thumbnail-result.ts';
import { encoders, thumbnailContentType } from './encode-thumbnail.ts';
import { firstDecodableFrame } from './gif-frames.ts';
import { type Pixels, placeholderOf } from './placeholder.ts';
import { thumbnailSize } from './thumbnail-size.ts';

export interface MakeThumbnailsInput {
  /** The original; it may be written to. */
  bytes: Uint8Array;
  recipe: Recipe;
  maxPixels: number;
}

class OriginalFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, cause: unknown) {
    super(failure.message, { cause });
    this.failure = failure;
  }
}

/** The decoder wanted more memory than there is: the original's own doing, or the moment's. */
export class OutOfMemory extends Error {
  override readonly name = 'OutOfMemory';
}

/**
 * Lets the decoder of this process do what it is here for and no more: the six formats, from memory, in one thread and
 * without a cache. To be called once, before the first picture.
 */
export function restrictDecoder(): void {
  sharp.concurrency(1);
  sharp.cache(false);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({
    operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'].map((name) => `VipsForeignLoad${name}Buffer`),
  });
}

/**
 * Makes every thumbnail of a recipe from one decode: the tallest from the original, each lower one from the pixels of
 * the one above it. Thumbnails are sRGB and carry no metadata; of an animation or a file of many pages it is the
 * first. An original that cannot be decoded is an answer, not an error; what is thrown is worth another try.
 */
export async function makeThumbnails({ bytes, recipe, maxPixels }: MakeThumbnailsInput): Promise<MadeImages> {
  try {
    const contentType = identify(bytes, maxPixels);
    const page = contentType === 'image/gif' ? pageOfGif(bytes) : 0;
    const { original, pixels, warnings } = await decode(loadable(bytes, contentType), recipe, { maxPixels, page });
    const images: MadeImage[] = [];
    let current = pixels;
    for (const tierHeight of recipe.heights.toReversed()) {
      const size = thumbnailSize(original, tierHeight);
      const made = images.at(-1);
      if (made && isSameSize(made, size)) {
        images.push({ ...made, tierHeight });
        continue;
      }
      current = await shrink(current, size);
      images.push(
        await encode(current, tierHeight, thumbnailContentType(recipe.format, contentType, hasAlpha(current))),
      );
    }
    return { status: 'made', original, placeholder: placeholderOf(current), warnings, images: images.reverse() };
  } catch (error) {
    if (error instanceof OriginalFailure)
      return { status: 'failed', failure: error.failure, cause: messageOf(error.cause) };
    if (isOutOfMemory(error)) throw new OutOfMemory('The decoder ran out of memory', { cause: error });
    throw error;
  }
}

function identify(bytes: Uint8Array, maxPixels: number): OriginalContentType {
  try {
    return inspectOriginal(bytes, { maxPixels }).contentType;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'too_many_pixels') throw tooManyPixels(error, maxPixels);
    throw new OriginalFailure({ code: 'undecodable', message: error.detail }, error);
  }
}

/** libvips knows an AVIF by its major brand alone, and not by those of animations; the brand decides nothing else. */
function loadable(bytes: Uint8Array, contentType: OriginalContentType): Uint8Array {
  if (contentType === 'image/avif') Buffer.from(bytes.buffer, bytes.byteOffset).write('avif', 8, 'latin1');
  return bytes;
}

/** The first frame that shows anything. */
function pageOfGif(bytes: Uint8Array): number {
  const page = firstDecodableFrame(bytes);
  if (page === null) throw undecodable('No frame of the GIF can be decoded. Export it again.', 'no frame');
  return page;
}

async function decode(
  bytes: Uint8Array,
  recipe: Recipe,
  { maxPixels, page }: { maxPixels: number; page: number },
): Promise<{ original: PixelSize; pixels: Pixels; warnings: ImageWarning[] }> {
  const options = { limitInputPixels: maxPixels, page };
  try {
    return { ...(await decodeAs(bytes, recipe, { ...options, failOn: 'warning' })), warnings: [] };
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    if (/pixel limit/i.test(messageOf(error))) throw tooManyPixels(error, maxPixels);
    if (isCutOff(error)) throw undecodable('The file is cut off: its last part is missing. Upload it again.', error);
  }
  // Cameras and phones write JPEGs with stray bytes that every viewer shows; only a picture that is not whole is refused.
  try {
    return { ...(await decodeAs(bytes, recipe, { ...options, failOn: 'error' })), warnings: ['damaged'] };
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    throw undecodable('The picture is damaged, or of a kind that cannot be decoded. Export it again.', error);
  }
}

async function decodeAs(
  bytes: Uint8Array,
  recipe: Recipe,
  options: SharpOptions,
): Promise<{ original: PixelSize; pixels: Pixels }> {
  const image = sharp(bytes, { ...options, pages: 1, autoOrient: true });
  const { autoOrient, space, icc } = await image.metadata();
  const original = { width: autoOrient.width, height: autoOrient.height };
  const { width, height } = thumbnailSize(original, Math.max(...recipe.heights));
  // What has 16 bits and a profile, sharp converts to Display P3 alone.
  if (space === 'rgb16' && icc) image.withIccProfile('srgb');
  return { original, pixels: await pixelsOf(image.resize(width, height, { fit: 'fill' })) };
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3 || info.channels === 4) {
    return { data, width: info.width, height: info.height, channels: info.channels };
  }
  throw new Error(`pixels of ${info.channels} channels`);
}

function imageOf(pixels: Pixels): Sharp {
  const { width, height, channels } = pixels;
  return sharp(pixels.data, { raw: { width, height, channels }, limitInputPixels: false });
}

async function shrink(pixels: Pixels, size: PixelSize): Promise<Pixels> {
  if (isSameSize(pixels, size)) return pixels;
  return pixelsOf(imageOf(pixels).resize(size.width, size.height, { fit: 'fill' }));
}

async function encode(pixels: Pixels, tierHeight: number, contentType: ThumbnailContentType): Promise<MadeImage> {
  const data = await encoders[contentType](imageOf(pixels)).toBuffer();
  return { tierHeight, width: pixels.width, height: pixels.height, contentType, data };
}

function hasAlpha(pixels: Pixels): boolean {
  return pixels.channels === 4;
}

function isSameSize(a: PixelSize, b: PixelSize): boolean {
  return a.width === b.width && a.height === b.height;
}

function undecodable(message: string, cause: unknown): OriginalFailure {
  return new OriginalFailure({ code: 'undecodable', message }, cause);
}

function tooManyPixels(cause: unknown, maxPixels: number): OriginalFailure {
  const message = `The picture has more than the ${maxPixels} pixels that are allowed. Upload a smaller version of it.`;
  return new OriginalFailure({ code: 'too_many_pixels', message }, cause);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What libvips and its loaders say of data that ends early. */
function isCutOff(error: unknown): boolean {
  return /premature end|unexpected end|not enough data|bad seek|truncated|unable to parse image/i.test(
    messageOf(error),
  );
}

function isOutOfMemory(error: unknown): boolean {
  return /out of memory|cannot allocate|failed to allocate|bad.?alloc/i.test(messageOf(error));
}
