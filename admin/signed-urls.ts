import type { Bucket, ObjectStore } from '../core/storage/object-store.ts';

const windowMilliseconds = 30 * 60 * 1000;
const lifeSeconds = 90 * 60;

/** The URL of an object for the panel's pages: the same within half an hour, so that browsers keep the picture. */
export function signedUrl(
  store: Pick<ObjectStore, 'presignGet'>,
  bucket: Bucket,
  key: string,
  now: Date,
  contentDisposition?: string,
): string {
  const signedAt = new Date(Math.floor(now.getTime() / windowMilliseconds) * windowMilliseconds);
  return store.presignGet(bucket, key, {
    signedAt,
    expiresInSeconds: lifeSeconds,
    ...(contentDisposition ? { contentDisposition } : {}),
  }).url;
}

/** Where the store's URLs lead: the Content-Security-Policy names these for pictures. */
export function storeOrigins(store: Pick<ObjectStore, 'presignGet'>, now: Date): string[] {
  const buckets: Bucket[] = ['originals', 'thumbnails'];
  const origins = buckets.map((bucket) => new URL(signedUrl(store, bucket, 'x', now)).origin);
  return [...new Set(origins)];
}
