import { join } from 'node:path';
import { checkObjectKey } from '../check-object-key.ts';

/**
 * How keys become files:
 *
 *   BUCKET/SEGMENT/…/+LAST            an object: bytes and what is known about them (`object-file.ts`)
 *   BUCKET/@tmp/PROCESS/…             what is being written
 *
 * A new version replaces a file by one rename. The `+` lets keys `a` and `a/b` both be there.
 *
 * A segment keeps lower-case letters, digits, `.`, `_` and `-`; everything else is `%xx`. No segment can leave its
 * folder, take a name of ours, or clash where a file system does not tell `A` from `a`.
 *
 * Earlier versions wrote BUCKET/SEGMENT/…/LAST@/VERSION/object.SUFFIX and metadata.json. Those objects are still read,
 * listed, replaced and deleted. Where both are there, the file counts: it is the newer one.
 */

export const metadataFile = 'metadata.json';
export const tempFolderName = '@tmp';

export interface ObjectPlace {
  /** The bucket's folder. */
  root: string;
  file: string;
  /** Where an earlier version may have left the object. */
  earlierFolder: string;
}

/** Throws a TypeError for a key that cannot be. */
export function objectPlace(root: string, key: string): ObjectPlace {
  checkObjectKey(key);
  const segments = key.split('/').map(encodeSegment);
  if (segments.some((segment) => segment.length > 250)) throw new TypeError('A segment of the object key is too long');
  const last = segments.pop() ?? '';
  return { root, file: join(root, ...segments, `+${last}`), earlierFolder: join(root, ...segments, `${last}@`) };
}

/** The folder in which the keys with this prefix are, relative to the bucket's, and how their next segment starts. */
export function prefixPath(prefix: string): { parentKey: string; path: string; rest: string } {
  const parentKey = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const segments = parentKey.split('/').slice(0, -1);
  if (segments.length > 0) checkObjectKey(segments.join('/'));
  return { parentKey, path: segments.map(encodeSegment).join('/'), rest: prefix.slice(parentKey.length) };
}

/** What a folder's entry stands for; null when it is none of ours. */
export function parseEntry(name: string): { kind: 'file' | 'earlier' | 'folder'; segment: string } | null {
  const kind = name.startsWith('+') ? 'file' : name.endsWith('@') ? 'earlier' : 'folder';
  const encoded = kind === 'file' ? name.slice(1) : kind === 'earlier' ? name.slice(0, -1) : name;
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
