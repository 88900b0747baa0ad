import { AppError } from '../../errors.ts';

export const originalContentTypes = [
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'image/avif',
  'image/tiff',
] as const;
export type OriginalContentType = (typeof originalContentTypes)[number];

/** What an original is, from its header. Width and height in pixels, as a person sees the image. */
export interface OriginalInfo {
  contentType: OriginalContentType;
  width: number;
  height: number;
}

export interface Size {
  width: number;
  height: number;
}

/** Throws when a size that a header gives cannot be; to be called as soon as it is known. */
export type CheckSize = (size: Size) => Size;

/** libvips' own bound for one side of an image (VIPS_MAX_COORD). */
const maxSide = 10_000_000;

export function createSizeCheck(maxPixels: number): CheckSize {
  return (size) => {
    const { width, height } = size;
    if (!(width > 0 && height > 0)) throw broken('its header gives no width or no height');
    if (width * height > maxPixels) {
      throw new AppError(
        'too_many_pixels',
        `The image has ${width} x ${height} pixels; ${maxPixels} in all are allowed. Upload a smaller version of it.`,
      );
    }
    if (width > maxSide || height > maxSide) throw broken(`a side of ${Math.max(width, height)} pixels cannot be`);
    return size;
  };
}

/** `invalid_image`; `what` completes "The image cannot be read: …". */
export function broken(what: string): AppError {
  return new AppError('invalid_image', `The image cannot be read: ${what}. Export it again and upload the new file.`);
}

export function truncated(): AppError {
  return broken('the file ends within its header');
}

const accepted = 'Upload a JPEG, PNG, WebP, GIF, AVIF or TIFF image.';

/** `unsupported_type`; `what` is a sentence that says what the bytes are, when that is known. */
export function unsupported(what = 'These bytes are not an image of a type that is accepted here.'): AppError {
  return new AppError('unsupported_type', `${what} ${accepted}`);
}

export function unsupportedHeic(): AppError {
  return new AppError(
    'unsupported_type',
    'HEIC pictures cannot be read here. On an iPhone, Settings > Camera > Formats > Most Compatible makes new pictures ' +
      'JPEG; convert this one to JPEG and upload that.',
  );
}

/** The size after an EXIF orientation: 5 to 8 lie on their side. */
export function orientSize(size: Size, orientation: number): Size {
  return orientation >= 5 ? { width: size.height, height: size.width } : size;
}
