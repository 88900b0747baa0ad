import type { PixelSize } from '../core/thumbnails/made-images.ts';

/** No side of a thumbnail is longer than this; where the width would be, the height shrinks instead. */
export const maxThumbnailWidth = 8192;

/** The size of a thumbnail of at most `tierHeight` pixels: the original's shape, never larger than it, at least 1 x 1. */
export function thumbnailSize(original: PixelSize, tierHeight: number): PixelSize {
  const scale = Math.min(1, tierHeight / original.height, maxThumbnailWidth / original.width);
  return {
    width: Math.max(1, Math.round(original.width * scale)),
    height: Math.max(1, Math.round(original.height * scale)),
  };
}
