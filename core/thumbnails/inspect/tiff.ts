import type { AppError } from '../../errors.ts';
import { type FeedPosition, type Parser, skip, take, viewOf } from './byte-feed.ts';
import { validOrientation } from './exif.ts';
import { broken, type CheckSize, type OriginalInfo, orientSize, type Size, unsupported } from './original-info.ts';

const tag = { subfileType: 254, width: 256, length: 257, orientation: 274, subDirectories: 330, dngVersion: 50706 };

/** How the two forms of TIFF lay out a directory: bytes of the entry count and of an entry, and where its value is. */
const layouts = {
  classic: { headerBytes: 8, countBytes: 2, entryBytes: 12, valueAt: 8 },
  big: { headerBytes: 16, countBytes: 8, entryBytes: 20, valueAt: 12 },
};

/** Directories of real files have some dozens of entries. */
const maxEntries = 65_535;

/** Of one file, one a page. The decoder walks through all of them, for the first page too: 400,000 take it seven seconds. */
const maxDirectories = 4_096;

/**
 * Reads the first directory of a TIFF or BigTIFF (TIFF 6.0, section 2), wherever in the file it lies: at the end, often.
 * All that is needed of it stands in its entries, so that they are read as they pass and nothing is kept. Then it counts the
 * directories that follow, as far as each lies behind the one before it: what has passed is gone.
 */
export function* readTiff(checkSize: CheckSize, feed: FeedPosition): Parser<OriginalInfo, OriginalInfo> {
  const start = yield* take(4);
  const little = start[0] === 0x49;
  const isBig = viewOf(start).getUint16(2, little) === 43;
  const layout = isBig ? layouts.big : layouts.classic;
  const rest = viewOf(yield* take(layout.headerBytes - 4));
  if (isBig && rest.getUint16(0, little) !== 8) throw broken('the BigTIFF header is damaged');
  const directoryAt = isBig ? Number(rest.getBigUint64(4, little)) : rest.getUint32(0, little);
  if (directoryAt < layout.headerBytes) throw broken('the TIFF has no directory');
  yield* skip(directoryAt - feed.position);
  const count = viewOf(yield* take(layout.countBytes));
  const entries = isBig ? Number(count.getBigUint64(0, little)) : count.getUint16(0, little);
  if (entries > maxEntries) throw broken('the TIFF directory cannot be that long');
  const values = new Map<number, number>();
  const wanted = new Set<number>(Object.values(tag));
  for (let index = 0; index < entries; index += 1) {
    const entry = viewOf(yield* take(layout.entryBytes));
    const number = entry.getUint16(0, little);
    if (wanted.has(number) && !values.has(number)) values.set(number, readValue(entry, layout.valueAt, little));
    sizeOf(values, checkSize);
  }
  if (values.has(tag.dngVersion) || ((values.get(tag.subfileType) ?? 0) & 1 && values.has(tag.subDirectories))) {
    throw unsupported("This is a camera's raw file.");
  }
  const size = sizeOf(values, checkSize);
  if (!size) throw broken('the TIFF gives no size');
  const orientation = validOrientation(values.get(tag.orientation) ?? 1);
  const info: OriginalInfo = { contentType: 'image/tiff', ...orientSize(size, orientation) };
  yield { verdict: info };
  yield* countDirectories({ layout, isBig, little }, feed);
  return info;
}

interface Form {
  layout: (typeof layouts)['classic' | 'big'];
  isBig: boolean;
  little: boolean;
}

function* countDirectories({ layout, isBig, little }: Form, feed: FeedPosition): Parser<void> {
  for (let directories = 1; ; directories += 1) {
    if (directories > maxDirectories) throw tooManyDirectories();
    const next = numberAt(viewOf(yield* take(isBig ? 8 : 4)), 0, isBig ? 8 : 4, little);
    // 0 is the end.
    if (next < feed.position) return;
    yield* skip(next - feed.position);
    const entries = numberAt(viewOf(yield* take(layout.countBytes)), 0, layout.countBytes, little);
    yield* skip(entries * layout.entryBytes);
  }
}

/** The same for a file that is all there, in whatever order its directories lie. Throws when they are too many. */
export function checkDirectories(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  const little = bytes[0] === 0x49;
  const isBig = view.getUint16(2, little) === 43;
  const layout = isBig ? layouts.big : layouts.classic;
  const offsetBytes = isBig ? 8 : 4;
  const within = (at: number, length: number) => at >= 0 && at + length <= bytes.length;
  let at = numberAt(view, isBig ? 8 : 4, offsetBytes, little);
  for (let directories = 1; at !== 0 && within(at, layout.countBytes); directories += 1) {
    if (directories > maxDirectories) throw tooManyDirectories();
    const entries = numberAt(view, at, layout.countBytes, little);
    const end = at + layout.countBytes + entries * layout.entryBytes;
    if (!within(end, offsetBytes)) return;
    at = numberAt(view, end, offsetBytes, little);
  }
}

function numberAt(view: DataView, at: number, length: number, little: boolean): number {
  if (length === 2) return view.getUint16(at, little);
  return length === 4 ? view.getUint32(at, little) : Number(view.getBigUint64(at, little));
}

function tooManyDirectories(): AppError {
  return broken(`the TIFF has more than the ${maxDirectories} pages that are allowed`);
}

function sizeOf(values: Map<number, number>, checkSize: CheckSize): Size | null {
  const width = values.get(tag.width);
  const height = values.get(tag.length);
  return width === undefined || height === undefined ? null : checkSize({ width, height });
}

/** The number in an entry: SHORT, LONG or LONG8 (types 3, 4, 16); 0 for anything else. */
function readValue(entry: DataView, valueAt: number, little: boolean): number {
  const type = entry.getUint16(2, little);
  if (type === 3) return entry.getUint16(valueAt, little);
  if (type === 4) return entry.getUint32(valueAt, little);
  if (type === 16 && valueAt + 8 <= entry.byteLength) return Number(entry.getBigUint64(valueAt, little));
  return 0;
}
