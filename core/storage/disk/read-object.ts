import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { GetOptions, ObjectInfo, StoredObject } from '../object-store.ts';
import { hasCode } from './disk-error.ts';
import { entriesOf } from './folders.ts';
import { openFile, readFileInfo } from './object-file.ts';
import type { ObjectPlace } from './object-path.ts';
import { metadataFile } from './object-path.ts';
import { clampRange, readableOf } from './read-range.ts';

const storedInfoSchema = z.object({
  key: z.string(),
  /** The file beside this one that holds the bytes. */
  file: z.string().regex(/^object(?:\.[a-z]+)?$/),
  bytes: z.int().nonnegative(),
  contentType: z.string(),
  etag: z.string(),
  lastModified: z.iso.datetime().transform((text) => new Date(text)),
  metadata: z.record(z.string(), z.string()),
});

type StoredInfo = z.output<typeof storedInfoSchema>;

/** The numbers of an object's versions, newest first. */
export function versionsOf(entries: readonly string[]): number[] {
  return entries
    .filter((name) => /^[1-9]\d{0,14}$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

/** Null when there is no such object. */
export async function readInfo({ root, file, earlierFolder }: ObjectPlace): Promise<ObjectInfo | null> {
  const info = await readFileInfo(file);
  return info ?? (await ofNewest(root, earlierFolder, async (version) => infoOf(await readStored(version))));
}

/**
 * Null when there is no such object. The file is open when this resolves, so a delete or a newer version does not
 * disturb the stream. A range past the end is clamped; one that starts past it is a RangeError.
 */
export async function openObject(
  { root, file, earlierFolder }: ObjectPlace,
  options: GetOptions = {},
): Promise<StoredObject | null> {
  const { range, ...others } = options;
  options.signal?.throwIfAborted();
  const object = await openFile(file, options);
  if (object) return object;
  return await ofNewest(root, earlierFolder, async (version) => {
    const stored = await readStored(version);
    const clamped = range && clampRange(range, stored.bytes);
    const handle = await open(join(version, stored.file), 'r');
    const body = readableOf(handle, clamped ?? { start: 0, end: stored.bytes - 1 }, others);
    return { ...infoOf(stored), body, ...(clamped ? { range: clamped } : {}) };
  });
}

/** Reads again when a writer replaced the version between two looks. */
async function ofNewest<T>(root: string, folder: string, read: (version: string) => Promise<T>): Promise<T | null> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const [newest] = versionsOf(await entriesOf(root, folder));
    if (newest === undefined) return null;
    try {
      return await read(join(folder, String(newest)));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  throw new AppError('unavailable', 'The storage is damaged. Somebody has to look at it.', { cause: { folder } });
}

async function readStored(version: string): Promise<StoredInfo> {
  return storedInfoSchema.parse(JSON.parse(await readFile(join(version, metadataFile), 'utf8')));
}

function infoOf({ bytes, contentType, etag, lastModified, metadata }: StoredInfo): ObjectInfo {
  return { bytes, contentType, etag, lastModified, metadata };
}
