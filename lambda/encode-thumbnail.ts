import type { Sharp } from 'sharp';
import type { OriginalContentType } from '../core/thumbnails/inspect-original.ts';
import type { ThumbnailContentType } from '../core/thumbnails/made-images.ts';
import type { Recipe } from '../core/thumbnails/recipe.ts';

/** The type of the thumbnails: what the recipe says, and for `same` the original's own where browsers show it. */
export function thumbnailContentType(
  format: Recipe['format'],
  original: OriginalContentType,
  hasAlpha: boolean,
): ThumbnailContentType {
  if (format !== 'same') return `image/${format}`;
  if (original !== 'image/tiff') return original;
  return hasAlpha ? 'image/png' : 'image/jpeg';
}

/**
 * Settings by measurement (`npm run bench -- decoder`): mozjpeg's trellis saves an eighth of the bytes for six times the time,
 * its quantisation table 3 saves a twentieth for none; AVIF above effort 1 and GIF above effort 3 cost a multiple for
 * a few percent; adaptive filters save a third of a photograph's PNG.
 */
export const encoders: Record<ThumbnailContentType, (image: Sharp) => Sharp> = {
  'image/jpeg': (image) => image.flatten({ background: '#ffffff' }).jpeg({ quality: 80, quantisationTable: 3 }),
  'image/png': (image) => image.png({ compressionLevel: 6, adaptiveFiltering: true }),
  'image/webp': (image) => image.webp({ quality: 80, effort: 2 }),
  'image/gif': (image) => image.gif({ effort: 3 }),
  'image/avif': (image) => image.avif({ quality: 50, effort: 1 }),
};
