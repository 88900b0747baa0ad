import { z } from 'zod';

export const thumbnailFormats = ['same', 'webp', 'avif', 'jpeg'] as const;
export const thumbnailFormatSchema = z
  .enum(thumbnailFormats)
  .describe('`same` keeps the format of the original (TIFF gives JPEG, or PNG when it has transparency).');
export type ThumbnailFormat = z.infer<typeof thumbnailFormatSchema>;

export const minThumbnailHeight = 16;
export const maxThumbnailHeight = 4096;
export const maxThumbnailHeights = 16;
export const maxLinkSeconds = 604_800;

/** 1 to 16 whole pixels, 16 to 4096, kept sorted and unique. */
export const thumbnailHeightsSchema = z
  .array(z.int().min(minThumbnailHeight).max(maxThumbnailHeight))
  .min(1)
  .transform((heights) => [...new Set(heights)].sort((a, b) => a - b))
  .pipe(z.array(z.number()).max(maxThumbnailHeights))
  .describe('Heights in pixels: 1 to 16 of them, 16 to 4096 each; kept sorted and unique.');
