import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { GetOptions, ObjectInfo, ObjectSummary, StoredObject } from '../object-store.ts';
import { hasCode } from './disk-error.ts';
import { clampRange, readableOf } from './read-range.ts';

/**
 * One object in one file: its bytes, and behind them a trailer of 4,096 bytes, which is JSON about the object, padded with
 * spaces, and a mark. Programs that show pictures pass over what is behind one. With a trailer of one length a listing
 * needs no look into the file, and a small object is one read.
 */

const trailerBytes = 4096;
const mark = Buffer.from('\ndarkroom-1\n');
/** Objects of up to this size are one read. */
const smallBytes = 64 * 1024;

export function encodeTrailer(key: string, info: ObjectInfo): Buffer {
  const { bytes, contentType, etag, lastModified, metadata } = info;
  const about = { bytes, contentType, etag, lastModified: lastModified.toISOString(), metadata };
  const room = trailerBytes - mark.length;
  // The key is for people who have nothing but the file; its path says it, too.
  const text = [JSON.stringify({ key, ...about }), JSON.stringify(about)].find(
    (each) => Buffer.byteLength(each) <= room,
  );
  if (text === undefined) throw new TypeError('The metadata of an object are too long');
  const trailer = Buffer.alloc(trailerBytes, ' ');
  trailer.write(text);
  mark.copy(trailer, room);
  return trailer;
}

function decodeTrailer(trailer: Buffer, objectBytes: number): ObjectInfo {
  const room = trailerBytes - mark.length;
  if (trailer.length !== trailerBytes || !trailer.subarray(room).equals(mark)) throw damaged();
  const about = JSON.parse(trailer.toString('utf8', 0, room));
  const { bytes, contentType, etag, metadata } = about;
  if (bytes !== objectBytes || typeof contentType !== 'string' || typeof etag !== 'string') throw damaged();
  return { bytes, contentType, etag, lastModified: new Date(about.lastModified), metadata };
}

function damaged(): Error {
  return new Error('An object on the disk is damaged');
}

/** Null when there is no such file. */
export async function readFileInfo(path: string): Promise<ObjectInfo | null> {
  return await withFile(path, async (handle) => {
    const info = await readTrailer(handle);
    void handle.close().catch(() => {});
    return info;
  });
}

/** As `get` of the store: the file is open when this resolves, or has been read. Null when there is no such file. */
export async function openFile(path: string, { range, ...options }: GetOptions): Promise<StoredObject | null> {
  return await withFile(path, async (handle) => {
    if (!range) {
      const small = await readSmall(handle);
      if (small) return small;
    }
    const info = await readTrailer(handle);
    const clamped = range && clampRange(range, info.bytes);
    const body = readableOf(handle, clamped ?? { start: 0, end: info.bytes - 1 }, options);
    return { ...info, body, ...(clamped ? { range: clamped } : {}) };
  });
}

export async function summarizeFile(path: string, key: string): Promise<ObjectSummary | null> {
  try {
    const { size, mtime } = await stat(path);
    return { key, bytes: Math.max(0, size - trailerBytes), lastModified: mtime };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

async function withFile<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T | null> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
  try {
    return await use(handle);
  } catch (error) {
    await handle.close().catch(() => {});
    throw error;
  }
}

async function readTrailer(handle: FileHandle): Promise<ObjectInfo> {
  const { size } = await handle.stat();
  if (size < trailerBytes) throw damaged();
  const { buffer, bytesRead } = await handle.read(
    Buffer.allocUnsafe(trailerBytes),
    0,
    trailerBytes,
    size - trailerBytes,
  );
  return decodeTrailer(buffer.subarray(0, bytesRead), size - trailerBytes);
}

/** Buffers that wait for the next small object: making one costs more than reading into it. */
const spare: Buffer[] = [];

/** A whole object in one read; null when it is longer than that. */
async function readSmall(handle: FileHandle): Promise<StoredObject | null> {
  const buffer = spare.pop() ?? Buffer.allocUnsafeSlow(smallBytes + trailerBytes + 1);
  try {
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    if (bytesRead === buffer.length) return null;
    const bytes = bytesRead - trailerBytes;
    if (bytes < 0) throw damaged();
    const info = decodeTrailer(buffer.subarray(bytes, bytesRead), bytes);
    const body = bodyOf(Buffer.from(buffer.subarray(0, bytes)));
    void handle.close().catch(() => {});
    return { ...info, body };
  } finally {
    if (spare.length < 16) spare.push(buffer);
  }
}

function bodyOf(bytes: Buffer): Readable {
  return new Readable({
    read() {
      if (bytes.length > 0) this.push(bytes);
      this.push(null);
    },
  });
}
