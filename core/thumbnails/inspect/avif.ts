import { type FeedPosition, fourCharacters, type Parser, skip, take, viewOf } from './byte-feed.ts';
import { broken, type CheckSize, type OriginalInfo, type Size, unsupported, unsupportedHeic } from './original-info.ts';

/** Bounds for what is remembered of a file; the decoder, libheif, allows 1,000 items. */
const maxItems = 4_096;
const maxProperties = 1_024;
const maxAssociations = 16_384;
const maxBrandBytes = 4_096;

const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs'];
const hevcItems = ['hvc1', 'hev1', 'lhv1'];
const derivedItems = ['grid', 'iovl', 'iden', 'tmap'];

interface Box {
  type: string;
  /** Where it ends in the file; Infinity for the last box when it does not say. */
  end: number;
}

type Property = { kind: 'size'; size: Size } | { kind: 'turn'; sideways: boolean } | { kind: 'other' };

interface Meta {
  primary: number | null;
  itemTypes: Map<number, string>;
  properties: Property[];
  associations: Map<number, number[]>;
  associationCount: number;
}

/**
 * Reads the boxes of an AVIF up to the end of its `meta` box (ISO/IEC 14496-12, 23008-12 and the AVIF specification):
 * the primary item's size, after its `clap` and `irot`. EXIF is only informative in this format. Nothing of `mdat` or
 * `idat` is kept, so that `meta` may also come last.
 */
export function* readAvif(checkSize: CheckSize, feed: FeedPosition): Parser<OriginalInfo> {
  const fileType = yield* readBox(feed, Number.POSITIVE_INFINITY);
  yield* readBrands(feed, fileType.end);
  for (;;) {
    const box = yield* readBox(feed, Number.POSITIVE_INFINITY);
    if (box.type === 'meta') {
      const size = primarySize(yield* readMeta(feed, box.end, checkSize));
      return { contentType: 'image/avif', ...checkSize(size) };
    }
    yield* skip(box.end - feed.position);
  }
}

function* readBox(feed: FeedPosition, parentEnd: number): Parser<Box> {
  const start = feed.position;
  const head = yield* take(8);
  const type = fourCharacters(head, 4);
  let length = viewOf(head).getUint32(0);
  if (length === 1) length = Number(viewOf(yield* take(8)).getBigUint64(0));
  const end = length === 0 ? parentEnd : start + length;
  if (end < feed.position || end > parentEnd) throw damaged();
  return { type, end };
}

function* readBrands(feed: FeedPosition, end: number): Parser<void> {
  const length = end - feed.position;
  if (length < 4 || length > maxBrandBytes) throw damaged();
  const bytes = yield* take(length);
  const brands = [fourCharacters(bytes, 0)];
  for (let at = 8; at + 4 <= length; at += 4) brands.push(fourCharacters(bytes, at));
  if (brands.includes('avif') || brands.includes('avis')) return;
  if (brands.some((brand) => heicBrands.includes(brand))) throw unsupportedHeic();
  if (!brands.includes('mif1') && !brands.includes('msf1')) throw unsupported(describeBrand(brands[0] ?? ''));
}

function describeBrand(brand: string): string | undefined {
  if (brand.startsWith('crx')) return "This is a camera's raw file.";
  if (/^(mp4|iso|avc|M4V|qt |3gp|dash|f4v)/.test(brand)) return 'This is a video.';
  if (brand.startsWith('M4A')) return 'This is a sound file.';
  return undefined;
}

function* readMeta(feed: FeedPosition, end: number, checkSize: CheckSize): Parser<Meta> {
  const meta: Meta = {
    primary: null,
    itemTypes: new Map(),
    properties: [],
    associations: new Map(),
    associationCount: 0,
  };
  yield* take(4);
  yield* eachBox(feed, end, function* (box) {
    if (box.type === 'pitm') meta.primary = yield* readItemId(yield* readVersion(), 1);
    else if (box.type === 'iinf') yield* readItems(feed, box.end, meta);
    else if (box.type === 'iprp') {
      yield* eachBox(feed, box.end, function* (inner) {
        if (inner.type === 'ipco') yield* readProperties(feed, inner.end, meta, checkSize);
        else if (inner.type === 'ipma') yield* readAssociations(meta);
      });
    }
  });
  return meta;
}

/** Runs `read` on each box inside another; a box that it did not read to its end is passed over. */
function* eachBox(feed: FeedPosition, end: number, read: (box: Box) => Parser<void>): Parser<void> {
  while (feed.position + 8 <= end) {
    const box = yield* readBox(feed, end);
    yield* read(box);
    if (feed.position > box.end) throw damaged();
    yield* skip(box.end - feed.position);
  }
  yield* skip(end - feed.position);
}

function* readVersion(): Parser<number> {
  return (yield* take(4))[0] ?? 0;
}

function* readItemId(version: number, longFrom: number): Parser<number> {
  return version >= longFrom ? viewOf(yield* take(4)).getUint32(0) : viewOf(yield* take(2)).getUint16(0);
}

function* readItems(feed: FeedPosition, end: number, meta: Meta): Parser<void> {
  yield* readItemId(yield* readVersion(), 1);
  yield* eachBox(feed, end, function* (box) {
    if (box.type !== 'infe') return;
    const version = yield* readVersion();
    if (version < 2) return;
    const id = yield* readItemId(version, 3);
    if (meta.itemTypes.size >= maxItems) throw damaged();
    meta.itemTypes.set(id, fourCharacters(yield* take(6), 2));
  });
}

function* readProperties(feed: FeedPosition, end: number, meta: Meta, checkSize: CheckSize): Parser<void> {
  yield* eachBox(feed, end, function* (box) {
    if (meta.properties.length >= maxProperties) throw damaged();
    meta.properties.push(yield* readProperty(box.type, checkSize));
  });
}

function* readProperty(type: string, checkSize: CheckSize): Parser<Property> {
  if (type === 'ispe') {
    const body = viewOf(yield* take(12));
    return { kind: 'size', size: checkSize({ width: body.getUint32(4), height: body.getUint32(8) }) };
  }
  if (type === 'irot') return { kind: 'turn', sideways: ((yield* take(1))[0] ?? 0) % 2 === 1 };
  if (type === 'clap') {
    const body = viewOf(yield* take(16));
    const width = Math.round(body.getUint32(0) / body.getUint32(4));
    const height = Math.round(body.getUint32(8) / body.getUint32(12));
    return { kind: 'size', size: checkSize({ width, height }) };
  }
  return { kind: 'other' };
}

function* readAssociations(meta: Meta): Parser<void> {
  const head = yield* take(8);
  const version = head[0] ?? 0;
  const isWide = ((head[3] ?? 0) & 1) === 1;
  for (let left = viewOf(head).getUint32(4); left > 0; left -= 1) {
    const item = yield* readItemId(version, 1);
    const count = (yield* take(1))[0] ?? 0;
    const bytes = yield* take(isWide ? 2 * count : count);
    meta.associationCount += 1 + count;
    if (meta.associationCount > maxAssociations) throw damaged();
    const indexes = isWide
      ? Array.from({ length: count }, (_, index) => viewOf(bytes).getUint16(2 * index) & 0x7fff)
      : Array.from(bytes, (byte) => byte & 0x7f);
    const known = meta.associations.get(item);
    if (known) known.push(...indexes);
    else meta.associations.set(item, indexes);
  }
}

function primarySize(meta: Meta): Size {
  if (meta.primary === null) throw broken('the AVIF names no main picture');
  checkItemType(meta, meta.primary);
  let size: Size | null = null;
  for (const index of meta.associations.get(meta.primary) ?? []) {
    const property = meta.properties[index - 1];
    if (property?.kind === 'size') size = property.size;
    else if (property?.kind === 'turn' && property.sideways && size) size = { width: size.height, height: size.width };
  }
  if (!size) throw broken('the AVIF gives no size');
  return size;
}

function checkItemType(meta: Meta, primary: number): void {
  const type = meta.itemTypes.get(primary);
  if (type === undefined) throw broken('the main picture of the AVIF is not there');
  const types = derivedItems.includes(type) ? [...meta.itemTypes.values()] : [type];
  if (types.includes('av01')) return;
  if (types.some((each) => hevcItems.includes(each))) throw unsupportedHeic();
  throw unsupported('This picture is in a HEIF file, but not as AVIF.');
}

function damaged(): Error {
  return broken('a box of the AVIF is damaged');
}
