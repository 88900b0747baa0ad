import { AppError } from '../../core/errors.ts';

/**
 * Content-Disposition as RFC 6266 has it, for requests. Beyond its grammar these forms of real clients are read, because
 * they have one meaning only: a `:` before the type, empty parameters and a trailing `;`, an unquoted value with
 * characters that a token lacks (`photo(1).png`, `C:\cat.png`, raw UTF-8), raw UTF-8 in quotes, a Windows path in quotes
 * whose backslashes are not doubled, a quoted `filename*`, and one with `'()*` unescaped (`encodeURIComponent`).
 * Everything else is `invalid_filename`, never a guess.
 *
 * Node hands headers out as ISO 8859-1, a character a byte. Bytes above ASCII are read as UTF-8, which is what clients
 * that send them raw mean today (curl, browsers); what is not valid UTF-8 cannot be read.
 */

const disposition = /[ \t]*(?::[ \t]*)?([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*/y;
const parameter =
  /;[ \t]*(?:([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\0-\x20\x7f",;]+))[ \t]*)?/sy;

interface Value {
  text: string;
  quoted: boolean;
}

interface Disposition {
  /** Lower case. */
  type: string;
  /** Lower-case name to value as it was sent, each name once. */
  parameters: Map<string, Value>;
}

/** Throws `invalid_filename` when the header is not of the grammar or names a parameter twice. */
function parse(header: string): Disposition {
  disposition.lastIndex = 0;
  const type = disposition.exec(header)?.[1];
  if (type === undefined) throw unreadable('it has to begin with a type, such as attachment');
  const parameters = new Map<string, Value>();
  let at = disposition.lastIndex;
  while (at < header.length) {
    parameter.lastIndex = at;
    const found = parameter.exec(header);
    if (!found) throw unreadable('its parameters are not of the form `name=value` or `name="value"`');
    at = parameter.lastIndex;
    const [, name, quoted, plain] = found;
    if (name === undefined) continue;
    const key = name.toLowerCase();
    if (parameters.has(key)) throw unreadable(`it gives ${key} twice`);
    parameters.set(key, quoted === undefined ? { text: plain ?? '', quoted: false } : { text: quoted, quoted: true });
  }
  return { type: type.toLowerCase(), parameters };
}

/**
 * The name that the header gives: `filename*` (RFC 8187) if it can be read, else `filename`. `toName` has the rules of a
 * name and answers with null for what is none. Throws `invalid_filename` when no name comes out.
 */
export function filenameOf(header: string, toName: (text: string) => string | null): string {
  const name = nameIn(parse(header), toName);
  if (name === undefined) throw unreadable('it has neither `filename` nor `filename*`');
  return name;
}

/**
 * Of one part of a multipart form (RFC 7578). `filename` is null when the part is a plain field, and empty for a file input
 * in which nothing was chosen.
 */
export function partDisposition(header: string, toName: (text: string) => string | null): { filename: string | null } {
  const parsed = parse(header);
  if (parsed.type !== 'form-data') throw unreadable('in a form its type must be form-data');
  if (parsed.parameters.get('filename')?.text === '' && !parsed.parameters.has('filename*')) return { filename: '' };
  return { filename: nameIn(parsed, toName) ?? null };
}

/** Undefined when there is neither parameter. */
function nameIn({ parameters }: Disposition, toName: (text: string) => string | null): string | undefined {
  const extended = parameters.get('filename*');
  const plain = parameters.get('filename');
  if (!extended && !plain) return undefined;
  for (const text of [extended && decodeExtended(unquote(extended)), plain && decodeUtf8(unquote(plain))]) {
    const name = typeof text === 'string' ? toName(text) : null;
    if (name !== null) return name;
  }
  throw unreadable('its `filename` is not a valid image name');
}

/** `C:\`, `\\server` or `..\`: a path as old Windows clients send it, not the quoted pairs of the grammar. */
const windowsPath = /^(?:[A-Za-z]:\\|\\\\|\.\.?\\)/;

function unquote({ text, quoted }: Value): string {
  if (!quoted || (windowsPath.test(text) && !text.includes('\\"'))) return text;
  return text.replaceAll(/\\(.)/gs, '$1');
}

const extendedValue = /^([!#$%&+^_`{}~0-9A-Za-z-]+)'[0-9A-Za-z-]*'((?:%[0-9A-Fa-f]{2}|[!#$&+.^_`|~0-9A-Za-z'()*-])*)$/;

/** RFC 8187, 3.2; ISO 8859-1 as RFC 5987 still had it. Null when it cannot be read. */
function decodeExtended(text: string): string | null {
  const [, charset = '', encoded = ''] = extendedValue.exec(text) ?? [];
  const bytes = encoded.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  if (/^utf-8$/i.test(charset)) return decodeUtf8(bytes);
  return /^iso-8859-1$/i.test(charset) ? bytes : null;
}

/** A string of which each character is a byte, as UTF-8. Null when it is not. */
function decodeUtf8(bytes: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'));
  } catch {
    return null;
  }
}

/** Of a part with bytes and an empty name: whoever sent it may have lost the name on the way. */
export function emptyPartName(): AppError {
  return unreadable('its `filename` is empty');
}

function unreadable(why: string): AppError {
  return new AppError(
    'invalid_filename',
    `Content-Disposition cannot be read: ${why}. Send for example: Content-Disposition: attachment; filename="cat.png"`,
    { errors: [{ path: 'Content-Disposition', message: why }] },
  );
}
