import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../core/errors.ts';
import type { Bucket, ObjectInfo, ObjectStore } from '../../core/storage/object-store.ts';
import { putManyOf } from '../../core/storage/put-many.ts';

export interface MemoryObjectStore extends ObjectStore {
  keys(bucket: Bucket): string[];
  /** While true every method rejects with `unavailable`. */
  isAway: boolean;
  /** Calls by method, for tests that count. */
  calls: Record<'put' | 'get' | 'head' | 'delete' | 'list', number>;
  /** Sets when an object was written. */
  touch(bucket: Bucket, key: string, lastModified: Date): void;
}

/** An ObjectStore in memory, for tests of what stands on one. */
export function createMemoryObjectStore(): MemoryObjectStore {
  const buckets: Record<Bucket, Map<string, { bytes: Buffer; info: ObjectInfo }>> = {
    originals: new Map(),
    thumbnails: new Map(),
  };
  const calls = { put: 0, get: 0, head: 0, delete: 0, list: 0 };
  const store: MemoryObjectStore = {
    isAway: false,
    calls,
    keys: (bucket) => [...buckets[bucket].keys()].sort(),
    touch: (bucket, key, lastModified) => {
      const object = buckets[bucket].get(key);
      if (object) object.info.lastModified = lastModified;
    },
    async put(bucket, key, body, { contentType, metadata = {} }) {
      enter('put');
      const bytes = body instanceof Readable ? await buffer(body) : Buffer.from(body);
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
      const info = { bytes: bytes.length, contentType, etag, lastModified: new Date(), metadata };
      buckets[bucket].set(key, { bytes, info });
      return info;
    },
    putMany: (bucket, objects) => putManyOf(store.put)(bucket, objects),
    async get(bucket, key, { range } = {}) {
      enter('get');
      const object = buckets[bucket].get(key);
      if (!object) return null;
      const bytes = range ? object.bytes.subarray(range.start, range.end + 1) : object.bytes;
      return { ...object.info, body: Readable.from([bytes]), ...(range && { range }) };
    },
    async head(bucket, key) {
      enter('head');
      return buckets[bucket].get(key)?.info ?? null;
    },
    async delete(bucket, keys) {
      enter('delete');
      for (const key of keys) buckets[bucket].delete(key);
    },
    async *list(bucket, prefix) {
      enter('list');
      for (const key of store.keys(bucket)) {
        const object = buckets[bucket].get(key);
        if (object && key.startsWith(prefix))
          yield { key, bytes: object.bytes.length, lastModified: object.info.lastModified };
      }
    },
    presignGet: (bucket, key, { signedAt, expiresInSeconds }) => ({
      url: `memory://${bucket}/${key}`,
      expiresAt: new Date(signedAt.getTime() + expiresInSeconds * 1000),
    }),
    async check() {
      enter('head');
    },
    async close() {},
  };
  function enter(method: keyof typeof calls) {
    calls[method] += 1;
    if (store.isAway) throw new AppError('unavailable', 'The object store does not answer.');
  }
  return store;
}
