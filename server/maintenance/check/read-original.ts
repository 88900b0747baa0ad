import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { createOriginalInspector, type OriginalInfo } from '../../../core/thumbnails/inspect-original.ts';

export interface ReadOriginal extends OriginalInfo {
  bytes: number;
  sha256: string;
}

/** Reads an original to its end: its hash, its length and what its header says. Throws AppError for what is no image. */
export async function readOriginal(body: Readable): Promise<ReadOriginal> {
  // It was within the limits of its day.
  const inspector = createOriginalInspector({ maxPixels: Number.MAX_SAFE_INTEGER });
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    hash.update(chunk);
    inspector.push(chunk);
  }
  return { ...inspector.finish(), bytes, sha256: hash.digest('hex') };
}

/** The hash and the length of what a stream gives. */
export async function hashOf(body: Readable): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
}
