/**
 * Content-Disposition for bytes that a browser may show, with the name they are saved by: `filename` in plain ASCII, and
 * `filename*` beside it when that is not the whole name (RFC 6266, appendix D; RFC 8187).
 */
export function inlineDisposition(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^\x20-\x7e]+|["\\%]/g, '_');
  if (plain === name) return `inline; filename="${plain}"`;
  return `inline; filename="${plain}"; filename*=UTF-8''${encodeExtended(name)}`;
}

/** Percent-encodes everything but attr-char (RFC 8187, 3.2.1). */
function encodeExtended(text: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replaceAll(/['()*]/g, encode);
}
