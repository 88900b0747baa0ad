import { type Parser, skip, take, viewOf } from './byte-feed.ts';
import { readExifOrientation, startsWithExif } from './exif.ts';
import { broken, type CheckSize, type OriginalInfo, orientSize, type Size, unsupported } from './original-info.ts';

const marker = { startOfImage: 0xd8, endOfImage: 0xd9, startOfScan: 0xda, temporary: 0x01, app1: 0xe1 };

/** Frame kinds that decoders have: baseline, extended, progressive, and the arithmetic forms of the last two. */
const decodableFrames = new Set([0xc0, 0xc1, 0xc2, 0xc9, 0xca]);

/** Reads a JPEG up to its first scan (ITU T.81, annex B): the frame's size, and the orientation of the first EXIF. */
export function* readJpeg(checkSize: CheckSize): Parser<OriginalInfo> {
  let size: Size | null = null;
  let orientation: number | null = null;
  yield* skip(2);
  for (;;) {
    const code = yield* nextMarker();
    if (code === marker.temporary || (code >= 0xd0 && code <= 0xd7)) continue;
    if (code === marker.startOfImage) throw broken('a second JPEG starts within its header');
    if (code === marker.endOfImage) throw broken('there is no picture in the JPEG');
    if (code === marker.startOfScan) {
      if (!size) throw broken('the JPEG has no frame header');
      return { contentType: 'image/jpeg', ...orientSize(size, orientation ?? 1) };
    }
    const length = viewOf(yield* take(2)).getUint16(0) - 2;
    if (length < 0) throw broken('a JPEG segment has an impossible length');
    if (isFrame(code)) {
      if (size) throw broken('the JPEG has two frame headers');
      size = yield* readFrame(code, length, checkSize);
    } else if (code === marker.app1 && orientation === null) {
      orientation = yield* readApp1(length);
    } else {
      yield* skip(length);
    }
  }
}

/** As decoders do, passes over stray bytes before a marker and over fill bytes. */
function* nextMarker(): Parser<number> {
  for (;;) {
    yield { skipUntil: 0xff };
    yield { skipRun: 0xff };
    const code = (yield* take(1))[0] ?? 0;
    if (code !== 0) return code;
  }
}

function isFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

function* readFrame(code: number, length: number, checkSize: CheckSize): Parser<Size> {
  if (length < 6) throw broken('the JPEG frame header is too short');
  const frame = viewOf(yield* take(6));
  const precision = frame.getUint8(0);
  const components = frame.getUint8(5);
  if (components === 0 || length !== 6 + 3 * components) throw broken('the JPEG frame header has a wrong length');
  if (!decodableFrames.has(code) || precision !== 8) {
    throw unsupported('This is a lossless, hierarchical or 12-bit JPEG, which hardly any program reads.');
  }
  const size = checkSize({ width: frame.getUint16(3), height: frame.getUint16(1) });
  yield* skip(length - 6);
  return size;
}

/** Null for an APP1 segment that is no EXIF (XMP mostly). */
function* readApp1(length: number): Parser<number | null> {
  const name = yield* take(Math.min(6, length));
  if (!startsWithExif(name)) {
    yield* skip(length - name.length);
    return null;
  }
  return readExifOrientation(yield* take(length - 6));
}
