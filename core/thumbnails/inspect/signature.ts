/** The formats that are accepted, by the bytes that a file of each starts with; null stands for any byte. */
const signatures = {
  jpeg: [[0xff, 0xd8, 0xff]],
  png: [[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  gif: [ascii('GIF87a'), ascii('GIF89a')],
  webp: [[...ascii('RIFF'), null, null, null, null, ...ascii('WEBP')]],
  avif: [[0, 0, null, null, ...ascii('ftyp')]],
  tiff: [
    [...ascii('II'), 42, 0],
    [...ascii('MM'), 0, 42],
    [...ascii('II'), 43, 0],
    [...ascii('MM'), 0, 43],
  ],
} satisfies Record<string, (number | null)[][]>;

export type OriginalFormat = keyof typeof signatures;

/** Enough bytes to tell any of them, and to name what is none of them. */
export const signatureBytes = 12;

/** The format of bytes that start with `head`. */
export function detectFormat(head: Uint8Array): OriginalFormat | null {
  return findFormat((signature) => signature.length <= head.length && matches(signature, head));
}

/** Whether a file of an accepted format could start with `head` and go on. */
export function couldBecomeFormat(head: Uint8Array): boolean {
  return findFormat((signature) => matches(signature, head)) !== null;
}

/** For a person: what bytes of no accepted format are, where that is easily told. */
export function describeOtherFormat(head: Uint8Array): string | undefined {
  return others.find(([signature]) => signature.length <= head.length && matches(signature, head))?.[1];
}

const others: [(number | null)[], string][] = [
  [ascii('%PDF'), 'This is a PDF document.'],
  [ascii('<svg'), 'This is an SVG drawing.'],
  [ascii('<?xml'), 'This is XML, an SVG drawing perhaps.'],
  [ascii('<'), 'This is a text with markup, no image.'],
  [ascii('BM'), 'This is a BMP image.'],
  [[0, 0, 1, 0], 'This is an icon (ICO).'],
  [ascii('8BPS'), 'This is a Photoshop document.'],
  [[0xff, 0x0a], 'This is a JPEG XL image.'],
  [[0, 0, 0, 12, ...ascii('JXL ')], 'This is a JPEG XL image.'],
  [[0, 0, 0, 12, ...ascii('jP  ')], 'This is a JPEG 2000 image.'],
  [[0xff, 0x4f, 0xff, 0x51], 'This is a JPEG 2000 image.'],
  [[...ascii('RIFF'), null, null, null, null, ...ascii('AVI ')], 'This is a video.'],
  [[0x1a, 0x45, 0xdf, 0xa3], 'This is a video.'],
  [ascii('PK'), 'This is an archive or an office document.'],
];

function findFormat(test: (signature: readonly (number | null)[]) => boolean): OriginalFormat | null {
  for (const [format, variants] of Object.entries(signatures)) {
    if (variants.some(test)) return format as OriginalFormat;
  }
  return null;
}

function matches(signature: readonly (number | null)[], head: Uint8Array): boolean {
  return signature.every((byte, at) => byte === null || at >= head.length || head[at] === byte);
}

function ascii(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
