import { viewOf } from './byte-feed.ts';

const orientationTag = 0x0112;
const shortType = 3;

/**
 * The orientation, 1 to 8, that an EXIF block gives in its first directory (EXIF 3.0, 4.6.5); 1 when it gives none or
 * an impossible one. The block may start with `Exif\0\0`.
 */
export function readExifOrientation(block: Uint8Array): number {
  const bytes = startsWithExif(block) ? block.subarray(6) : block;
  if (bytes.length < 14) return 1;
  const view = viewOf(bytes);
  const byteOrder = view.getUint16(0);
  if (byteOrder !== 0x4949 && byteOrder !== 0x4d4d) return 1;
  const little = byteOrder === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > bytes.length) return 1;
  const entries = Math.min(view.getUint16(directory, little), Math.floor((bytes.length - directory - 2) / 12));
  for (let index = 0; index < entries; index += 1) {
    const entry = directory + 2 + index * 12;
    if (view.getUint16(entry, little) !== orientationTag) continue;
    if (view.getUint16(entry + 2, little) !== shortType) return 1;
    return validOrientation(view.getUint16(entry + 8, little));
  }
  return 1;
}

export function validOrientation(value: number): number {
  return value >= 1 && value <= 8 ? value : 1;
}

export function startsWithExif(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 6 &&
    bytes[0] === 0x45 &&
    bytes[1] === 0x78 &&
    bytes[2] === 0x69 &&
    bytes[3] === 0x66 &&
    bytes[4] === 0 &&
    bytes[5] === 0
  );
}
