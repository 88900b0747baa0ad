import type { Bucket, ObjectStore } from '../../core/storage/object-store.ts';
import { signedForSeconds, signingWindowStart } from './signing-window.ts';

export interface SignedUrl {
  url: string;
  /** ISO 8601. */
  expiresAt: string;
}

/** `disposition` is called only when the URL is not known yet; `variant` tells apart what else it depends on. */
export type SignUrl = (bucket: Bucket, key: string, variant: string, disposition: () => string) => SignedUrl;

export interface SignedUrls {
  /** Signs as of the window that `now` is in. Without `keep` it remembers nothing new: for what is read once. */
  at(now: Date, keep?: boolean): SignUrl;
  /** Changes when the URLs do: with the window, and with the credentials of the store. */
  windowTag(now: Date): string;
}

/** About 1 KB each, in two generations of this many. */
const maxKept = 8_000;
/** How long credentials may have changed before new URLs are signed with them. */
const recheckMs = 1_000;

interface Window {
  signedAt: Date;
  checkedAtMs: number;
  tag: string;
  newer: Map<string, SignedUrl>;
  older: Map<string, SignedUrl>;
}

/**
 * Presigned URLs, each signed once per object, name and window of 30 minutes: within it they are the same string, so a
 * list that is read again costs look-ups instead of signatures. Memory is bounded.
 */
export function createSignedUrls(store: Pick<ObjectStore, 'presignGet'>): SignedUrls {
  let latest: Window | undefined;

  function windowAt(now: Date): Window {
    const signedAt = signingWindowStart(now);
    const nowMs = performance.now();
    const isSameWindow = latest?.signedAt.getTime() === signedAt.getTime();
    if (latest && isSameWindow && nowMs - latest.checkedAtMs < recheckMs) return latest;
    // The signature of nothing stands for the window and for the credentials.
    const tag = store.presignGet('originals', 'window', { signedAt, expiresInSeconds: signedForSeconds }).url;
    if (latest && isSameWindow && latest.tag === tag) latest.checkedAtMs = nowMs;
    else latest = { signedAt, checkedAtMs: nowMs, tag, newer: new Map(), older: new Map() };
    return latest;
  }

  return {
    at(now, keep = true) {
      const window = windowAt(now);
      return (bucket, key, variant, disposition) => {
        const name = `${bucket} ${key} ${variant}`;
        const known = window.newer.get(name) ?? window.older.get(name);
        if (known) return known;
        const { url, expiresAt } = store.presignGet(bucket, key, {
          signedAt: window.signedAt,
          expiresInSeconds: signedForSeconds,
          contentDisposition: disposition(),
        });
        const signed = { url, expiresAt: expiresAt.toISOString() };
        if (!keep) return signed;
        if (window.newer.size >= maxKept) {
          window.older = window.newer;
          window.newer = new Map();
        }
        window.newer.set(name, signed);
        return signed;
      };
    },
    windowTag: (now) => windowAt(now).tag,
  };
}
