import type { Readable } from 'node:stream';
import type { ObjectStore } from '../../../core/storage/object-store.ts';

/**
 * An EXIF block of a JPEG has 64 KB at most, and stands near the beginning. Not more: the time that a block made to be
 * slow takes to read grows with the square of its size (a third of a second for this much).
 */
const headBytes = 80 * 1024;
const riffHeaderBytes = 12;
const chunkHeaderBytes = 8;
/** More are an animation of many frames: its EXIF is not looked for further. */
const mostChunks = 24;

/** The original, as far as it is read: a few pieces, whatever its size. */
export type ReadBytes = (start: number, length: number) => Promise<Buffer>;

/** Pieces of an original in the store; none past its end. Throws `unavailable`. */
export function bytesOf(store: Pick<ObjectStore, 'get'>, objectKey: string): ReadBytes {
  return async (start, length) => {
    const range = { start, end: start + length - 1 };
    const object = await store.get('originals', objectKey, { range }).catch((error: unknown) => {
      if (error instanceof RangeError) return null;
      throw error;
    });
    return object ? readAll(object.body) : Buffer.alloc(0);
  };
}

/**
 * The part of an original that has its EXIF: the beginning of the file, but for a WebP, which has it behind the picture
 * (WebP Container Specification): then the block alone, or nothing.
 */
export async function findExif(read: ReadBytes, bytes: number, contentType: string): Promise<Buffer> {
  if (contentType !== 'image/webp' || bytes <= headBytes) return read(0, Math.min(bytes, headBytes));
  let at = riffHeaderBytes;
  for (let chunk = 0; chunk < mostChunks && at + chunkHeaderBytes <= bytes; chunk += 1) {
    const header = await read(at, chunkHeaderBytes);
    if (header.length < chunkHeaderBytes) break;
    const length = header.readUInt32LE(4);
    const start = at + chunkHeaderBytes;
    if (header.toString('latin1', 0, 4) === 'EXIF' && start + length <= bytes) {
      return length === 0 ? Buffer.alloc(0) : withoutMark(await read(start, Math.min(length, headBytes)));
    }
    at = start + length + (length % 2);
  }
  return Buffer.alloc(0);
}

/** Some writers put JPEG's `Exif\0\0` in front of it. */
function withoutMark(block: Buffer): Buffer {
  return block.toString('latin1', 0, 6) === 'Exif\0\0' ? block.subarray(6) : block;
}

async function readAll(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
