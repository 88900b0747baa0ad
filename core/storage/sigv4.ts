import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { withoutFinalSlashes } from '../without-final-slashes.ts';

/**
 * AWS Signature Version 4 in the query, as S3 has it ("Authenticating Requests: Using Query Parameters"): what the
 * signer and the one who checks have in common.
 */

export const algorithm = 'AWS4-HMAC-SHA256';
export const maxExpiresInSeconds = 604_800;

export interface SigningCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Where a bucket answers: `path` is empty or starts with a slash, is encoded, and has none at its end. */
export interface BucketAddress {
  origin: string;
  host: string;
  path: string;
}

/** One query parameter, both sides encoded. */
export type EncodedParameter = readonly [name: string, value: string];

/** A bucket's address under an endpoint, which may have a path: `endpoint/bucket`, or the bucket before the host. */
export function bucketAddress(endpoint: string, bucket: string, style: 'path' | 'virtual-host'): BucketAddress {
  const url = new URL(endpoint);
  const path = withoutFinalSlashes(url.pathname);
  if (style === 'path') return { origin: url.origin, host: url.host, path: `${path}/${encodePath(bucket)}` };
  const host = `${bucket}.${url.host}`;
  return { origin: `${url.protocol}//${host}`, host, path };
}

/** RFC 3986 as S3 reads it: all but letters, digits and `-._~` is `%XX`, upper-case, byte by byte of UTF-8. */
export function encodeS3(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text;
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A key in a path: the slashes stay. */
export function encodePath(key: string): string {
  if (/^[\w.~/-]*$/.test(key)) return key;
  return encodeS3(key).replaceAll('%2F', '/');
}

/** `20261122T181600Z`. */
export function amzDate(date: Date): string {
  return `${date.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
}

/** `day` is the first eight digits of `amzDate`. */
export function credentialScope(day: string, region: string): string {
  return `${day}/${region}/s3/aws4_request`;
}

/** Sorted by name, then by value, in the order of their encoded bytes. */
export function sortParameters(parameters: readonly EncodedParameter[]): EncodedParameter[] {
  return parameters.toSorted(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
}

export function joinParameters(parameters: readonly EncodedParameter[]): string {
  return parameters.map(([name, value]) => `${name}=${value}`).join('&');
}

/** What every request signed at one moment for one host has in common. */
export interface SigningMoment {
  host: string;
  amzDate: string;
  secretAccessKey: string;
}

/**
 * Signs a request of that moment. `path` is encoded, with the bucket where that is part of it; `query` is sorted and
 * encoded, without the signature. The signature is in hex.
 */
export type SignRequest = (method: 'GET' | 'HEAD', path: string, query: string) => string;

/** Signs with keys of one region; a day's key is made once, because it takes four of the five HMACs of a signature. */
export function createSigner(region: string): (moment: SigningMoment) => SignRequest {
  const keys = new Map<string, KeyObject>();

  function signingKey(secretAccessKey: string, day: string): KeyObject {
    const name = `${day} ${secretAccessKey}`;
    const known = keys.get(name);
    if (known) return known;
    const bytes = [day, region, 's3', 'aws4_request'].reduce<Buffer>(
      (previous, part) => createHmac('sha256', previous).update(part).digest(),
      Buffer.from(`AWS4${secretAccessKey}`),
    );
    const key = createSecretKey(bytes);
    if (keys.size >= 8) keys.clear();
    keys.set(name, key);
    return key;
  }

  return function signerAt({ host, amzDate, secretAccessKey }) {
    const day = amzDate.slice(0, 8);
    const key = signingKey(secretAccessKey, day);
    const text = `${algorithm}\n${amzDate}\n${credentialScope(day, region)}\n`;
    const canonicalEnd = `\nhost:${host}\n\nhost\nUNSIGNED-PAYLOAD`;
    return (method, path, query) =>
      createHmac('sha256', key)
        .update(text + hash('sha256', `${method}\n${path}\n${query}${canonicalEnd}`))
        .digest('hex');
  };
}
