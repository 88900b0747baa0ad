import { z } from 'zod';
import { madeImageSchema, madeSchema, notMadeSchema } from '../../../core/thumbnails/made-images.ts';
import type { Recipe } from '../../../core/thumbnails/recipe.ts';

/**
 * What the server and its decoder process say to each other over one pipe, both ways: four bytes with the length of a
 * head (big-endian), the head as JSON, and the bytes that the head speaks of.
 */
export const pipeDescriptor = 3;
export const lengthBytes = 4;

/** Sent once, when the decoder is loaded and its files are closed off: give up what is left, then work. */
export interface ConfineOrder {
  /** Whom to become; null: nobody else. */
  account: { uid: number; gid: number } | null;
}

/** Followed by the original's bytes. */
export interface MakeOrder {
  recipe: Recipe;
  maxPixels: number;
  bytes: number;
}

/** The decoder has met hostile bytes: what it says is believed no further than this. */
export const replySchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('loaded') }),
  z.object({ status: z.literal('ready') }),
  /** It cannot be loaded, or cannot give up its rights. */
  z.object({ status: z.literal('unfit'), message: z.string() }),
  /** Followed by the bytes of all images, in their order. */
  madeSchema.extend({ images: z.array(madeImageSchema.extend({ bytes: z.int().positive() })).max(16) }),
  notMadeSchema,
  /** The original is there whole, and decoded now: what ends the process from here on may be its doing. */
  z.object({ status: z.literal('begun') }),
  z.object({ status: z.literal('error'), name: z.string(), message: z.string() }),
]);
export type Reply = z.infer<typeof replySchema>;

export function head(message: ConfineOrder | MakeOrder | Reply): Buffer {
  const text = JSON.stringify(message);
  const frame = Buffer.allocUnsafe(lengthBytes + Buffer.byteLength(text));
  frame.writeUInt32BE(frame.length - lengthBytes);
  frame.write(text, lengthBytes);
  return frame;
}
