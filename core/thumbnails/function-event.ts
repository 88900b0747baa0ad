import { z } from 'zod';
import type { Recipe } from './recipe.ts';

/**
 * What the thumbnail function is called with: an S3 event notification (AWS's own shape, keys URL-encoded with `+` for
 * a space), in which a record that the server itself made may carry a recipe.
 */
export interface S3EventRecord {
  eventName: string;
  eventTime?: string;
  s3: { bucket: { name: string }; object: { key: string; size?: number; eTag?: string; sequencer?: string } };
  /** Ours: what to make, when it is not what the object's metadata says. */
  darkroom?: { recipe: Recipe };
}

export interface S3Event {
  Records: S3EventRecord[];
}

/** What the function answers: which result objects it wrote, and which originals are not there any more. */
export const functionAnswerSchema = z.object({
  results: z.array(z.object({ originalKey: z.string(), resultKey: z.string() })),
  missing: z.array(z.string()),
});
export type FunctionAnswer = z.infer<typeof functionAnswerSchema>;

/** `ObjectCreated:Put` of one original, as S3 would send it. */
export function createOriginalEvent(bucketName: string, originalKey: string, recipe?: Recipe): S3Event {
  return {
    Records: [
      {
        eventName: 'ObjectCreated:Put',
        eventTime: new Date().toISOString(),
        s3: { bucket: { name: bucketName }, object: { key: encodeURIComponent(originalKey).replaceAll('%2F', '/') } },
        ...(recipe ? { darkroom: { recipe } } : {}),
      },
    ],
  };
}
