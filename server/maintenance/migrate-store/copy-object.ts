import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Bucket, ObjectStore } from '../../../core/storage/object-store.ts';

export interface Stores {
  source: ObjectStore;
  target: ObjectStore;
}

/** What the database says of an object. */
export interface ExpectedObject {
  bucket: Bucket;
  key: string;
  bytes: number;
  /** In hex; null where the database has none. */
  sha256: string | null;
}

/** `differs`: what lies in the source is not what the database says, and is not copied. */
export type Copied = { outcome: 'copied' | 'missing' } | { outcome: 'differs'; detail: string };

class Differs extends Error {}

/**
 * Copies one object as a stream, with its type and metadata. The hash is compared before the last byte is handed over, and
 * a put whose body fails leaves nothing: an object that is in the target is one whose bytes were right.
 */
export async function copyObject(
  { source, target }: Stores,
  { bucket, key, bytes, sha256 }: ExpectedObject,
  signal: AbortSignal,
): Promise<Copied> {
  const object = await source.get(bucket, key, { signal });
  if (!object) return { outcome: 'missing' };
  const body = Readable.from(checked(object.body, { bytes, sha256 }));
  try {
    if (object.bytes !== bytes) throw new Differs(inBytes(object.bytes, bytes));
    const { contentType, metadata } = object;
    await target.put(bucket, key, body, { contentType, metadata, contentLength: bytes, signal });
    return { outcome: 'copied' };
  } catch (error) {
    if (error instanceof Differs) return { outcome: 'differs', detail: error.message };
    throw error;
  } finally {
    body.destroy();
    object.body.destroy();
  }
}

/** What is wrong with an object that is there, by reading it to its end; null when nothing is. */
export async function faultOf(
  store: ObjectStore,
  { bucket, key, bytes, sha256 }: ExpectedObject,
  signal: AbortSignal,
): Promise<string | null> {
  const object = await store.get(bucket, key, { signal });
  if (!object) return 'it is gone';
  try {
    for await (const _ of checked(object.body, { bytes, sha256 }));
    return null;
  } catch (error) {
    if (error instanceof Differs) return error.message;
    throw error;
  } finally {
    object.body.destroy();
  }
}

async function* checked(
  body: AsyncIterable<Buffer>,
  expected: Pick<ExpectedObject, 'bytes' | 'sha256'>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let bytes = 0;
  let held: Buffer | null = null;
  for await (const chunk of body) {
    hash.update(chunk);
    bytes += chunk.length;
    if (held) yield held;
    held = chunk;
  }
  if (bytes !== expected.bytes) throw new Differs(inBytes(bytes, expected.bytes));
  if (expected.sha256 !== null && hash.digest('hex') !== expected.sha256) {
    throw new Differs('another SHA-256 than at the upload');
  }
  if (held) yield held;
}

function inBytes(found: number, expected: number): string {
  return `${found} bytes instead of ${expected}`;
}
