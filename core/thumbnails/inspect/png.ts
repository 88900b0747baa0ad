import { crc32 } from 'node:zlib';
import { fourCharacters, maxTakeBytes, type Parser, skip, take, viewOf } from './byte-feed.ts';
import { readExifOrientation } from './exif.ts';
import { broken, type CheckSize, type OriginalInfo, orientSize, unsupported } from './original-info.ts';

const maxPngNumber = 0x7fff_ffff;

/** Bit depths that each colour type may have (PNG, 11.2.1). */
const bitDepths: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Reads a PNG (or APNG) up to its first IDAT chunk: the size, and the orientation of an eXIf chunk (PNG, 3rd edition). */
export function* readPng(checkSize: CheckSize): Parser<OriginalInfo> {
  yield* skip(8);
  const start = yield* take(8);
  const first = fourCharacters(start, 4);
  if (first === 'CgBI') throw unsupported("This is an app's PNG in Apple's private form.");
  if (first !== 'IHDR' || viewOf(start).getUint32(0) !== 13) throw broken('the PNG does not start with its header');
  const size = yield* readHeader(checkSize);
  let orientation = 1;
  for (;;) {
    const chunk = yield* take(8);
    const length = viewOf(chunk).getUint32(0);
    const name = fourCharacters(chunk, 4);
    if (length > maxPngNumber || !/^[A-Za-z]{4}$/.test(name)) throw broken('a chunk of the PNG is damaged');
    if (name === 'IDAT') return { contentType: 'image/png', ...orientSize(size, orientation) };
    if (name === 'IEND') throw broken('there is no picture in the PNG');
    const kept = name === 'eXIf' ? Math.min(length, maxTakeBytes) : 0;
    if (kept > 0) orientation = readExifOrientation(yield* take(kept));
    yield* skip(length - kept + 4);
  }
}

function* readHeader(checkSize: CheckSize): Parser<{ width: number; height: number }> {
  const body = viewOf(yield* take(17));
  const width = body.getUint32(0);
  const height = body.getUint32(4);
  if (width > maxPngNumber || height > maxPngNumber) throw broken('the size in the PNG header cannot be');
  if (!bitDepths[body.getUint8(9)]?.includes(body.getUint8(8))) throw broken('the PNG header names no known pixels');
  const named = new Uint8Array(17);
  named.set([0x49, 0x48, 0x44, 0x52]);
  named.set(new Uint8Array(body.buffer, body.byteOffset, 13), 4);
  if (crc32(named) !== body.getUint32(13)) throw broken('the checksum of the PNG header is wrong');
  return checkSize({ width, height });
}
