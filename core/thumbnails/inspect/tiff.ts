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

/**
 * Reads the first directory of a TIFF or BigTIFF (TIFF 6.0, section 2), wherever in the file it lies: at the end, often.
 * All that is needed of it stands in its entries, so that they are read as they pass and nothing is kept.
 */
export function* readTiff(checkSize: CheckSize, feed: FeedPosition): Parser<OriginalInfo> {
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
  return { contentType: 'image/tiff', ...orientSize(size, validOrientation(values.get(tag.orientation) ?? 1)) };
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
