import type { Bucket, ObjectStore } from '../core/storage/object-store.ts';
import { signedForSeconds, signingWindowStart } from '../server/images/signing-window.ts';

/** The URL of an object for the panel's pages: the same within half an hour, so that browsers keep the picture. */
export function signedUrl(
  store: Pick<ObjectStore, 'presignGet'>,
  bucket: Bucket,
  key: string,
  now: Date,
  contentDisposition?: string,
): string {
  return store.presignGet(bucket, key, {
    signedAt: signingWindowStart(now),
    expiresInSeconds: signedForSeconds,
    ...(contentDisposition ? { contentDisposition } : {}),
  }).url;
}

/** Where the store's URLs lead: the Content-Security-Policy names these for pictures. */
export function storeOrigins(store: Pick<ObjectStore, 'presignGet'>, now: Date): string[] {
  const buckets: Bucket[] = ['originals', 'thumbnails'];
  const origins = buckets.map((bucket) => new URL(signedUrl(store, bucket, 'x', now)).origin);
  return [...new Set(origins)];
}
