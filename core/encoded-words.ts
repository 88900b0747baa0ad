/** `=?charset?B?…?=`, perhaps with a language (RFC 2231, 5). What is inside has no `?`. */
const encodedWord = /=\?([!#$%&'+^_`{}~0-9A-Za-z-]{1,40})(?:\*[0-9A-Za-z-]{0,40})?\?([BbQq])\?([^?]*)\?=/y;
const beginningOfOne = /=\?[^?\s]{1,100}\?[BbQq]\?/;

/**
 * A text in which mail programs and older HTTP clients put encoded words (RFC 2047), decoded. White space between two
 * words belongs to their encoding. Null when a word cannot be decoded, or an encoded word is left after decoding.
 */
export function decodeEncodedWords(text: string): string | null {
  if (!text.includes('=?')) return text;
  const pieces: (string | { charset: string; bytes: Uint8Array })[] = [];
  let plainFrom = 0;
  for (let at = text.indexOf('=?'); at >= 0; at = text.indexOf('=?', at)) {
    encodedWord.lastIndex = at;
    const [whole, charset = '', encoding = '', inside = ''] = encodedWord.exec(text) ?? [];
    if (whole === undefined) {
      at += 2;
      continue;
    }
    const bytes = encoding.toUpperCase() === 'B' ? fromBase64(inside) : fromQuoted(inside);
    if (bytes === null) return null;
    const between = text.slice(plainFrom, at);
    const latest = pieces.at(-1);
    const follows = typeof latest === 'object' && /^\s*$/.test(between);
    if (!follows) pieces.push(between);
    // One character may be split between two words, though it must not.
    if (follows && latest.charset === charset.toLowerCase()) latest.bytes = joined(latest.bytes, bytes);
    else pieces.push({ charset: charset.toLowerCase(), bytes });
    at += whole.length;
    plainFrom = at;
  }
  pieces.push(text.slice(plainFrom));
  try {
    const decoded = pieces
      .map((piece) => (typeof piece === 'string' ? piece : decodeIn(piece.charset, piece.bytes)))
      .join('');
    return beginningOfOne.test(decoded) ? null : decoded;
  } catch {
    return null;
  }
}

/** Throws for an unknown charset and for bytes that are not of it. */
function decodeIn(charset: string, bytes: Uint8Array): string {
  return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(bytes);
}

function fromBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  try {
    return Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
  } catch {
    return null;
  }
}

/** RFC 2047, 4.2. A space in it is against the grammar, and has one meaning only. */
function fromQuoted(text: string): Uint8Array | null {
  if (!/^(?:=[0-9A-Fa-f]{2}|[\x20-\x3c\x3e-\x7e])*$/.test(text)) return null;
  const bytes = text
    .replaceAll('_', ' ')
    .replaceAll(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
