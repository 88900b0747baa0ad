import { z } from 'zod';
import { failureSchema, imageWarnings } from './thumbnail-result.ts';

export const thumbnailContentTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'] as const;
export type ThumbnailContentType = (typeof thumbnailContentTypes)[number];

const pixelSizeSchema = z.object({ width: z.int().positive(), height: z.int().positive() });
export type PixelSize = z.infer<typeof pixelSizeSchema>;

/** A thumbnail without its bytes. */
export const madeImageSchema = pixelSizeSchema.extend({
  tierHeight: z.int().positive(),
  contentType: z.enum(thumbnailContentTypes),
});

export interface MadeImage extends z.infer<typeof madeImageSchema> {
  data: Buffer;
}

/** What was made of an original, all but the images. */
export const madeSchema = z.object({
  status: z.literal('made'),
  /** The original's size, upright. */
  original: pixelSizeSchema,
  /** Thumbhash, base64. */
  placeholder: z.base64().max(100),
  /** `damaged`: some of it could not be read, and was passed over. */
  warnings: z.array(z.enum(imageWarnings)).max(imageWarnings.length),
});

export const notMadeSchema = z.object({
  status: z.literal('failed'),
  failure: failureSchema,
  /** What the decoder said, for the log. */
  cause: z.string(),
});

/** What the decoder makes of one original: every image of the recipe, by height, or why there is none. */
export type MadeImages = (z.infer<typeof madeSchema> & { images: MadeImage[] }) | z.infer<typeof notMadeSchema>;
