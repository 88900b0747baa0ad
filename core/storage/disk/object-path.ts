import { join } from 'node:path';
import { checkObjectKey } from '../check-object-key.ts';

/**
 * How keys become folders:
 *
 *   BUCKET/SEGMENT/…/LAST@/VERSION/object.SUFFIX and metadata.json
 *   BUCKET/@tmp/PROCESS/…
 *
 * An object is a folder with `@` at its end, so that keys `a` and `a/b` can both be there. It holds one folder a
 * version, which appears by a single rename, bytes and metadata together; the highest number counts. The bytes are a
 * plain file that a person can open.
 *
 * A segment keeps lower-case letters, digits, `.`, `_` and `-`; everything else is `%xx`. No segment can leave its
 * folder, take a name of ours, or clash where a file system does not tell `A` from `a`.
 */

export const metadataFile = 'metadata.json';
export const tempFolderName = '@tmp';

const suffixes: Record<string, string> = {
  'application/json': '.json',
  'image/avif': '.avif',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/tiff': '.tif',
  'image/webp': '.webp',
};

/** The folder of an object, relative to its bucket's. Throws a TypeError for a key that cannot be. */
export function objectPath(key: string): string {
  checkObjectKey(key);
  const segments = key.split('/').map(encodeSegment);
  if (segments.some((segment) => segment.length > 250)) throw new TypeError('A segment of the object key is too long');
  return `${join(...segments)}@`;
}

/** The folder in which the keys with this prefix are, relative to the bucket's, and how their next segment starts. */
export function prefixPath(prefix: string): { parentKey: string; path: string; rest: string } {
  const parentKey = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const segments = parentKey.split('/').slice(0, -1);
  if (segments.length > 0) checkObjectKey(segments.join('/'));
  return { parentKey, path: segments.map(encodeSegment).join('/'), rest: prefix.slice(parentKey.length) };
}

export function dataFileName(contentType: string): string {
  return `object${suffixes[contentType] ?? ''}`;
}

/** What a folder's entry stands for; null when it is none of ours. */
export function parseEntry(name: string): { kind: 'object' | 'folder'; segment: string } | null {
  const kind = name.endsWith('@') ? 'object' : 'folder';
  const encoded = kind === 'object' ? name.slice(0, -1) : name;
  if (!/^(?:[a-z0-9._-]|%[0-9a-f]{2})+$/.test(encoded)) return null;
  try {
    return { kind, segment: decodeURIComponent(encoded) };
  } catch {
    return null;
  }
}

function encodeSegment(segment: string): string {
  if (/^[a-z0-9._-]+$/.test(segment)) return segment;
  return [...Buffer.from(segment)]
    .map((byte) => {
      const char = String.fromCharCode(byte);
      return /[a-z0-9._-]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}
