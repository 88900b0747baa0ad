import { z } from 'zod';
import { recipeSchema } from './recipe.ts';

/** Why nothing can be made of an original: the function's verdict, not a passing fault. */
export const failureCodes = ['undecodable', 'too_many_pixels', 'decoder_crashed'] as const;

export const failureSchema = z.object({ code: z.enum(failureCodes), message: z.string() });
export type Failure = z.infer<typeof failureSchema>;

/** What a person should know of an original of which thumbnails were made all the same. */
export const imageWarnings = ['damaged'] as const;
export type ImageWarning = (typeof imageWarnings)[number];

const madeThumbnailSchema = z.object({
  tierHeight: z.int(),
  width: z.int().positive(),
  height: z.int().positive(),
  bytes: z.int().positive(),
  contentType: z.string(),
  key: z.string(),
});
export type MadeThumbnail = z.infer<typeof madeThumbnailSchema>;

const base = { version: z.literal(1), originalKey: z.string(), recipe: recipeSchema, madeAt: z.iso.datetime() };

/**
 * The result object beside the thumbnails: the function's whole answer for one original and one recipe, written after
 * the last thumbnail. Whoever reads it needs nothing else.
 */
export const thumbnailResultSchema = z.discriminatedUnion('status', [
  z.object({
    ...base,
    status: z.literal('made'),
    /** The original as a person sees it, in pixels, as the decoder found it. */
    original: z.object({ width: z.int().positive(), height: z.int().positive() }),
    /** Thumbhash, base64. */
    placeholder: z.string(),
    /** Results from before there were any say none. */
    warnings: z.array(z.enum(imageWarnings)).default([]),
    thumbnails: z.array(madeThumbnailSchema),
  }),
  z.object({ ...base, status: z.literal('failed'), failure: failureSchema }),
]);

export type ThumbnailResult = z.infer<typeof thumbnailResultSchema>;
