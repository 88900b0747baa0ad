import { type FeedPosition, fourCharacters, maxTakeBytes, type Parser, skip, take, viewOf } from './byte-feed.ts';
import { readExifOrientation } from './exif.ts';
import { broken, type CheckSize, type OriginalInfo, orientSize, type Size } from './original-info.ts';

const exifFlag = 0x08;

/**
 * Reads a WebP (RFC 9649): lossy, lossless or extended. An extended one that announces EXIF has it after the picture, so
 * that its orientation, and with it the verdict, comes only when those bytes have passed.
 */
export function* readWebp(checkSize: CheckSize, feed: FeedPosition): Parser<OriginalInfo> {
  const riff = yield* take(12);
  const end = 8 + viewOf(riff).getUint32(4, true);
  const chunk = yield* readChunkHead();
  if (chunk.name === 'VP8 ') return webp(checkSize(yield* readLossy()));
  if (chunk.name === 'VP8L') return webp(checkSize(yield* readLossless()));
  if (chunk.name !== 'VP8X' || chunk.length < 10) throw broken('the WebP has no picture header');
  const extended = viewOf(yield* take(10));
  const hasExif = (extended.getUint8(0) & exifFlag) !== 0;
  const size = checkSize({ width: uint24(extended, 4) + 1, height: uint24(extended, 7) + 1 });
  if (!hasExif) return webp(size);
  yield* skip(padded(chunk.length) - 10);
  return webp(orientSize(size, yield* findOrientation(feed, end)));
}

function webp(size: Size): OriginalInfo {
  return { contentType: 'image/webp', ...size };
}

function* readChunkHead(): Parser<{ name: string; length: number }> {
  const head = yield* take(8);
  return { name: fourCharacters(head, 0), length: viewOf(head).getUint32(4, true) };
}

function* readLossy(): Parser<Size> {
  const head = viewOf(yield* take(10));
  const isKeyFrame = (head.getUint8(0) & 1) === 0;
  if (!isKeyFrame || uint24(head, 3) !== 0x2a019d) throw broken('the WebP frame header is damaged');
  return { width: head.getUint16(6, true) & 0x3fff, height: head.getUint16(8, true) & 0x3fff };
}

function* readLossless(): Parser<Size> {
  const head = viewOf(yield* take(5));
  if (head.getUint8(0) !== 0x2f) throw broken('the WebP frame header is damaged');
  const bits = head.getUint32(1, true);
  if (bits >>> 29 !== 0) throw broken('the WebP frame header has an unknown version');
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

function* findOrientation(feed: FeedPosition, end: number): Parser<number> {
  while (feed.position + 8 <= end) {
    const { name, length } = yield* readChunkHead();
    if (name === 'EXIF') return readExifOrientation(yield* take(Math.min(length, maxTakeBytes)));
    yield* skip(padded(length));
  }
  return 1;
}

function padded(length: number): number {
  return length + (length % 2);
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + view.getUint8(at + 2) * 0x1_0000;
}
