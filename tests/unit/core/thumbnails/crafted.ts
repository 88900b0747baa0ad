import { crc32 } from 'node:zlib';

/** Files put together by hand, for what no encoder here writes. */

export function bytesOf(...parts: (string | number[] | Uint8Array)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : [...part])),
  );
}

export function u16(value: number): number[] {
  return [value >>> 8, value & 255];
}

export function u32(value: number): number[] {
  return [...u16(value >>> 16), ...u16(value & 65_535)];
}

/** A JPEG header: segments, then a frame and the start of a scan. */
export function jpeg(segments: Uint8Array[], frame = jpegFrame(), after: Uint8Array[] = []): Uint8Array {
  return bytesOf([0xff, 0xd8], ...segments, frame, ...after, jpegSegment(0xda, [1, 1, 0, 0, 63, 0]));
}

export function jpegSegment(code: number, body: number[] | Uint8Array): Uint8Array {
  return bytesOf([0xff, code], u16(body.length + 2), body);
}

export function jpegFrame({ code = 0xc0, precision = 8, width = 40, height = 30 } = {}): Uint8Array {
  return jpegSegment(code, [precision, ...u16(height), ...u16(width), 1, 1, 0x11, 0]);
}

/** An EXIF block of big-endian TIFF with one entry, the orientation. */
export function exifBlock(orientation: number): Uint8Array {
  return bytesOf('MM', u16(42), u32(8), u16(1), u16(0x0112), u16(3), u32(1), u16(orientation), u16(0), u32(0));
}

export function jpegExif(orientation: number): Uint8Array {
  return jpegSegment(0xe1, bytesOf('Exif\0\0', exifBlock(orientation)));
}

/** A box of ISO/IEC 14496-12. */
export function box(type: string, ...parts: (string | number[] | Uint8Array)[]): Uint8Array {
  const body = bytesOf(...parts);
  return bytesOf(u32(body.length + 8), type, body);
}

export interface AvifOptions {
  brands?: string[];
  itemType?: string;
  tileType?: string;
  size?: [number, number];
  turn?: number;
  crop?: [number, number];
  primary?: number;
  before?: Uint8Array[];
}

/** The boxes of an AVIF that say what it is; no picture follows. */
export function avif(options: AvifOptions = {}): Uint8Array {
  const { brands = ['avif', 'mif1'], itemType = 'av01', size = [40, 30], primary = 1, before = [] } = options;
  const properties = [box('ispe', u32(0), u32(size[0]), u32(size[1])), box('colr', 'nclx', [0, 1, 0, 1, 0, 1, 0])];
  if (options.crop) {
    const [width, height] = options.crop;
    properties.push(box('clap', [width, 1, height, 1, 0, 1, 0, 1].flatMap(u32)));
  }
  if (options.turn !== undefined) properties.push(box('irot', [options.turn]));
  const item = (id: number, type: string) => box('infe', [2, 0, 0, 0], u16(id), u16(0), type, [0]);
  const items = [item(1, itemType), ...(options.tileType ? [item(2, options.tileType)] : [])];
  const indexes = properties.map((_, index) => 0x80 | (index + 1));
  const meta = box(
    'meta',
    u32(0),
    box('hdlr', u32(0), u32(0), 'pict', u32(0), u32(0), u32(0), [0]),
    box('pitm', u32(0), u16(primary)),
    box('iinf', u32(0), u16(items.length), ...items),
    box('iprp', box('ipco', ...properties), box('ipma', u32(0), u32(1), u16(1), [indexes.length, ...indexes])),
    box('idat', new Uint8Array(20)),
  );
  return bytesOf(box('ftyp', brands[0] ?? '', u32(0), brands.join('')), ...before, meta);
}

/** A GIF's header up to its first frame. */
export function gif(screen: [number, number], frame: [number, number, number, number]): Uint8Array {
  const little = (value: number) => [value & 255, value >>> 8];
  return bytesOf('GIF89a', screen.flatMap(little), [0, 0, 0], [0x2c], frame.flatMap(little), [0, 2, 0, 0x3b]);
}

/** A classic little-endian TIFF whose directory has these entries, all LONG. */
export function tiff(entries: [number, number][]): Uint8Array {
  const u32le = (value: number) => u32(value).reverse();
  const u16le = (value: number) => u16(value).reverse();
  return bytesOf(
    'II',
    u16le(42),
    u32le(8),
    u16le(entries.length),
    ...entries.map(([tag, value]) => [...u16le(tag), ...u16le(4), ...u32le(1), ...u32le(value)]),
    u32le(0),
  );
}

/** A TIFF of many directories, one a page, of 1 x 1 each: in the order of the file, or each before the one that it follows. */
export function tiffOfPages(pages: number, order: 'forward' | 'backward' = 'forward'): Uint8Array {
  const entries = [
    [256, 1],
    [257, 1],
  ] as const;
  const bytes = 2 + entries.length * 12 + 4;
  const file = Buffer.alloc(8 + pages * bytes);
  const placeOf = (page: number) => 8 + (order === 'forward' ? page : pages - 1 - page) * bytes;
  file.write('II*\0', 'latin1');
  file.writeUInt32LE(placeOf(0), 4);
  for (let page = 0; page < pages; page += 1) {
    const at = placeOf(page);
    file.writeUInt16LE(entries.length, at);
    for (const [index, [tag, value]] of entries.entries()) {
      file.writeUInt16LE(tag, at + 2 + index * 12);
      file.writeUInt16LE(4, at + 4 + index * 12);
      file.writeUInt32LE(1, at + 6 + index * 12);
      file.writeUInt32LE(value, at + 10 + index * 12);
    }
    file.writeUInt32LE(page + 1 < pages ? placeOf(page + 1) : 0, at + bytes - 4);
  }
  return file;
}

/** A PNG up to its first chunk after the header. */
export function pngHeader(width: number, height: number, depth = 8, colour = 6): Uint8Array {
  const named = bytesOf('IHDR', u32(width), u32(height), [depth, colour, 0, 0, 0]);
  return bytesOf([0x89], 'PNG\r\n\x1a\n', u32(13), named, u32(crc32(named)));
}

/** A chunk whose checksum is wrong: nobody looks at it. */
export function pngChunk(name: string, body: Uint8Array = new Uint8Array(0)): Uint8Array {
  return bytesOf(u32(body.length), name, body, u32(0));
}
