import { AppError } from '../../core/errors.ts';
import { maxNameBytes, toImageName } from '../../core/image-name.ts';

/** A suffix longer than this is no suffix: it counts as a part of the name, and may be cut. */
const maxSuffixBytes = 32;

/** `toImageName`, or `invalid_filename`. */
export function requireImageName(text: string): string {
  const name = toImageName(text);
  if (name !== null) return name;
  throw new AppError(
    'invalid_filename',
    `A name has 1 to ${maxNameBytes} bytes of UTF-8, no control characters, and is neither blank nor "." nor "..".`,
    { errors: [{ path: 'name', message: 'is not a valid image name' }] },
  );
}

/** `cat.png` and 2 make `cat-2.png`. What goes before the number is cut so that the whole stays within 255 bytes. */
export function numberedName(name: string, number: number): string {
  const dot = name.lastIndexOf('.');
  const hasSuffix = dot > 0 && Buffer.byteLength(name.slice(dot)) <= maxSuffixBytes;
  const suffix = hasSuffix ? name.slice(dot) : '';
  const ending = `-${number}${suffix}`;
  return cutToBytes(hasSuffix ? name.slice(0, dot) : name, maxNameBytes - Buffer.byteLength(ending)) + ending;
}

/** The longest beginning that has at most so many bytes of UTF-8 and ends between two characters as a person sees them. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let cut = '';
  let bytes = 0;
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > maxBytes) break;
    cut += segment;
  }
  return cut;
}

const suffixes: Record<string, string> = {
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'image/gif': '.gif',
  'image/avif': '.avif',
  'image/tiff': '.tiff',
};

/** For an image that came without a name. */
export function nameOfId(imageId: string, contentType: string): string {
  return `${imageId}${suffixes[contentType] ?? ''}`;
}

/** What a thumbnail is called when somebody saves it: `cat.png` at 200 as WebP is `cat-200.webp`. */
export function thumbnailName(name: string, tierHeight: number, contentType: string): string {
  const dot = name.lastIndexOf('.');
  const stem = dot > 0 && Buffer.byteLength(name.slice(dot)) <= maxSuffixBytes ? name.slice(0, dot) : name;
  const ending = `-${tierHeight}${suffixes[contentType] ?? ''}`;
  return cutToBytes(stem, maxNameBytes - Buffer.byteLength(ending)) + ending;
}
