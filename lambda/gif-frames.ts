/** GIF89a, "Table Based Image Data": what introduces a block. */
const introducer = { extension: 0x21, image: 0x2c };

/**
 * Which frame of a GIF is the first that has a pixel: counted from 0, null when none has. The decoder takes a frame without
 * data for an empty picture, and would have it shown.
 */
export function firstDecodableFrame(bytes: Uint8Array): number | null {
  const at = (index: number) => bytes[index] ?? 0;
  const tableBytes = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  let position = 13 + tableBytes(at(10));
  for (let frame = 0; position < bytes.length; ) {
    const block = at(position);
    if (block === introducer.extension) position = skipBlocks(bytes, position + 2).end;
    else if (block === introducer.image) {
      const [width, height] = [at(position + 5) | (at(position + 6) << 8), at(position + 7) | (at(position + 8) << 8)];
      const codeAt = position + 10 + tableBytes(at(position + 9));
      const { start, end } = skipBlocks(bytes, codeAt + 1);
      if (width > 0 && height > 0 && startsWithPixel(start, at(codeAt))) return frame;
      frame += 1;
      position = end;
    } else return null;
  }
  return null;
}

/** Bytes of the data that are looked at: "clear" may stand there more than once. */
const startBytes = 64;

/** Passes over blocks of up to 255 bytes, to the one without any; with the first bytes that are in them. */
function skipBlocks(bytes: Uint8Array, from: number): { start: Uint8Array; end: number } {
  const start = new Uint8Array(startBytes);
  let used = 0;
  let position = from;
  for (let length = bytes[position]; length; length = bytes[position]) {
    const part = bytes.subarray(position + 1, position + 1 + Math.min(length, startBytes - used));
    start.set(part, used);
    used += part.length;
    position += 1 + length;
  }
  return { start: start.subarray(0, used), end: position + 1 };
}

/** The first code of the compressed data that is not "clear" is a pixel, and not its end or one that cannot be. */
function startsWithPixel(data: Uint8Array, minimumCodeSize: number): boolean {
  if (minimumCodeSize < 1 || minimumCodeSize > 11) return false;
  const clear = 2 ** minimumCodeSize;
  const size = minimumCodeSize + 1;
  for (let bit = 0; bit + size <= data.length * 8; bit += size) {
    let code = 0;
    for (let index = 0; index < size; index += 1) {
      const byte = data[(bit + index) >> 3] ?? 0;
      code |= ((byte >> ((bit + index) & 7)) & 1) << index;
    }
    if (code !== clear) return code < clear;
  }
  return false;
}
