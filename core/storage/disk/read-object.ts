import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import type { ByteRange, ObjectInfo, StoredObject } from '../object-store.ts';
import { diskError, hasCode } from './disk-error.ts';
import { entriesOf } from './folders.ts';
import { metadataFile } from './object-path.ts';

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

export function serializeInfo(info: StoredInfo): string {
  return `${JSON.stringify(info, null, 2)}\n`;
}

/** The numbers of an object's versions, newest first. */
export function versionsOf(entries: readonly string[]): number[] {
  return entries
    .filter((name) => /^[1-9]\d{0,14}$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);
}

/** Null when there is no such object. */
export async function readInfo(root: string, folder: string): Promise<ObjectInfo | null> {
  return await ofNewest(root, folder, async (version) => infoOf(await readStored(version)));
}

/**
 * Null when there is no such object. The file is open when this resolves, so a delete or a newer version does not
 * disturb the stream. A range past the end is clamped; one that starts past it is a RangeError.
 */
export async function openObject(
  root: string,
  folder: string,
  { range, signal }: { range?: ByteRange | undefined; signal?: AbortSignal | undefined } = {},
): Promise<StoredObject | null> {
  signal?.throwIfAborted();
  return await ofNewest(root, folder, async (version) => {
    const stored = await readStored(version);
    const clamped = range && clampRange(range, stored.bytes);
    const handle = await open(join(version, stored.file), 'r');
    const body = readableOf(handle, clamped ?? { start: 0, end: stored.bytes - 1 });
    const onAbort = () => body.destroy(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    body.once('close', () => signal?.removeEventListener('abort', onAbort));
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

function clampRange({ start, end }: ByteRange, bytes: number): ByteRange {
  if (!(start >= 0 && start <= end && start < bytes)) throw new RangeError('The range starts past the end');
  return { start, end: Math.min(end, bytes - 1) };
}

/** A thumbnail is one read; an original takes few. */
const chunkBytes = 512 * 1024;

/** From `start` to `end`, included. Closes the file at its end, and when it is destroyed unread. */
function readableOf(handle: FileHandle, { start, end }: ByteRange): Readable {
  let at = start;
  return new Readable({
    highWaterMark: chunkBytes,
    read() {
      const length = Math.min(chunkBytes, end + 1 - at);
      if (length <= 0) {
        this.push(null);
        return;
      }
      handle.read(Buffer.allocUnsafe(length), 0, length, at).then(
        ({ bytesRead, buffer }) => {
          at += bytesRead;
          if (bytesRead > 0) this.push(buffer.subarray(0, bytesRead));
          else this.destroy(diskError(new Error('An object has fewer bytes than it had')));
        },
        (error) => this.destroy(diskError(error)),
      );
    },
    destroy(error, done) {
      handle.close().then(
        () => done(error),
        (closing) => done(error ?? diskError(closing)),
      );
    },
  });
}
