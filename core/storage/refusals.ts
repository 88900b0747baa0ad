import { AppError } from '../errors.ts';
import type { Bucket, ObjectStore } from './object-store.ts';

export const storeOperations = ['put', 'get', 'head', 'list', 'delete'] as const;
export type StoreOperation = (typeof storeOperations)[number];

/** An operation that the store answered with a refusal that no retry changes, and has not done since. */
export interface StoreRefusal {
  operation: StoreOperation;
  bucket: Bucket;
  /** The store's own word for it, such as `AccessDenied`. For staff. */
  reason: string;
  since: Date;
}

/** 4xx that pass: what was asked for does not exist, or must be asked for again or differently. */
const passingStatuses = new Set([404, 408, 409, 412, 416, 425, 429]);
const refusingSystemErrors = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * The store's reason when it refused for good: permissions, a verb or a header that it does not know, a file system that
 * is read-only. Null for whatever may work the next time.
 */
export function refusalReason(error: unknown): string | null {
  const cause = error instanceof AppError ? error.cause : error;
  if (typeof cause !== 'object' || cause === null) return null;
  if ('code' in cause && refusingSystemErrors.has(String(cause.code))) return String(cause.code);
  const status = '$metadata' in cause ? (cause.$metadata as { httpStatusCode?: number }).httpStatusCode : undefined;
  if (status === undefined) return null;
  const isRefused = status === 501 || (status >= 400 && status < 500 && !passingStatuses.has(status));
  return isRefused ? ('name' in cause ? String(cause.name) : String(status)) : null;
}

export interface WatchedStore {
  store: ObjectStore;
  /** Those that are true now: the next success of the same operation ends one. */
  refusals(): StoreRefusal[];
}

/** The store, which remembers what it refuses: an operation that fails for good must not pass for one that is late. */
export function watchRefusals(store: ObjectStore, now: () => Date = () => new Date()): WatchedStore {
  const refusals = new Map<string, StoreRefusal>();

  function note(operation: StoreOperation, bucket: Bucket, error: unknown): void {
    const reason = refusalReason(error);
    if (reason === null) return;
    const name = `${operation} ${bucket}`;
    const since = refusals.get(name)?.since ?? now();
    refusals.set(name, { operation, bucket, reason, since });
  }
  async function watch<T>(operation: StoreOperation, bucket: Bucket, work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      if (refusals.size > 0) refusals.delete(`${operation} ${bucket}`);
      return result;
    } catch (error) {
      note(operation, bucket, error);
      throw error;
    }
  }

  return {
    refusals: () => [...refusals.values()],
    store: {
      ...store,
      put: (bucket, ...rest) => watch('put', bucket, store.put(bucket, ...rest)),
      putMany: (bucket, ...rest) => watch('put', bucket, store.putMany(bucket, ...rest)),
      get: (bucket, ...rest) => watch('get', bucket, store.get(bucket, ...rest)),
      head: (bucket, ...rest) => watch('head', bucket, store.head(bucket, ...rest)),
      delete: (bucket, ...rest) => watch('delete', bucket, store.delete(bucket, ...rest)),
      async *list(bucket, prefix) {
        try {
          yield* store.list(bucket, prefix);
          refusals.delete(`list ${bucket}`);
        } catch (error) {
          note('list', bucket, error);
          throw error;
        }
      },
    },
  };
}

/** Each operation once, since the process that met it first. */
export function unionRefusals(lists: readonly (readonly StoreRefusal[])[]): StoreRefusal[] {
  const union = new Map<string, StoreRefusal>();
  for (const refusal of lists.flat()) {
    const name = `${refusal.operation} ${refusal.bucket}`;
    const known = union.get(name);
    if (!known || refusal.since < known.since) union.set(name, refusal);
  }
  return [...union.values()];
}
