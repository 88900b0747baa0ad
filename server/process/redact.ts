export const gone = '[redacted]';

/** Endings of names, in lower case and without signs: `X-Amz-Signature` is `xamzsignature`. */
const secretEnding =
  /(?:password|passwordhash|passwd|passphrase|secret|token|signature|credentials?|authorization|cookie|apikey|accesskey)$/;
/** Whole names that are secret wherever they stand. `connectionParams` is where tRPC puts headers into an address. */
const secretNames = new Set(['access', 'refresh', 'current', 'new', 'connectionparams']);
/** Names that say something harmless in a log, and hold a secret in an address. */
const secretParameters = new Set(['code', 'key', 'sig', 'pwd', 'pass']);

/** Whether a field of this name holds a secret, whatever its value looks like. */
export function isSecretName(name: string): boolean {
  const plain = name.replaceAll(/[^a-z0-9]/gi, '').toLowerCase();
  return secretNames.has(plain) || secretEnding.test(plain);
}

/** More of an address says nothing more to who reads a log, and costs time that a stranger could ask for. */
const maxUrlCharacters = 2_048;
/** An error with its stack has less. */
const maxTextCharacters = 8_192;

/** A URL or a path as it may be logged: without the token of a link, signatures, tokens and passwords, and not too long. */
export function redactUrl(url: string): string {
  return redactParameters(cut(url, maxUrlCharacters));
}

function cut(text: string, maxCharacters: number): string {
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters)}…`;
}

function redactParameters(url: string): string {
  const end = url.search(/[?#]/);
  if (end < 0) return redactPath(url);
  let redacted = redactPath(url.slice(0, end));
  let copiedTo = end;
  // Parameters that stay are never copied one by one: a row of delimiters must not become a heap of strings.
  for (let start = end + 1; start <= url.length; ) {
    const next = nextDelimiter(url, start);
    if (next > start) {
      const parameter = url.slice(start, next);
      const shown = redactParameter(parameter);
      if (shown !== parameter) {
        redacted += url.slice(copiedTo, start) + shown;
        copiedTo = next;
      }
    }
    start = next + 1;
  }
  return redacted + url.slice(copiedTo);
}

const delimiters = new Set([...'?#&;'].map((character) => character.charCodeAt(0)));

function nextDelimiter(url: string, from: number): number {
  let at = from;
  while (at < url.length && !delimiters.has(url.charCodeAt(at))) at += 1;
  return at;
}

/** Any text, such as the message of an error, that may hold a URL, a header or a token. */
export function redactText(text: string): string {
  const short = cut(text, maxTextCharacters);
  return mayHide.test(short) ? redactForms(redactAddresses(short)) : short;
}

const inAddress = /[/%?]/g;
const notInWord = new Set([...' \t\n\v\f\r\u00a0"\'`<>'].map((character) => character.charCodeAt(0)));
/** Less cannot hold a secret and the name that tells of it. */
const minAddressCharacters = 6;

/** Each word with a sign of an address in it as an address. No character is looked at more than twice. */
function redactAddresses(text: string): string {
  let redacted = '';
  let copiedTo = 0;
  inAddress.lastIndex = 0;
  for (let found = inAddress.exec(text); found; found = inAddress.exec(text)) {
    let [start, end] = [found.index, found.index + 1];
    while (start > copiedTo && !notInWord.has(text.charCodeAt(start - 1))) start -= 1;
    while (end < text.length && !notInWord.has(text.charCodeAt(end))) end += 1;
    inAddress.lastIndex = end;
    if (end - start < minAddressCharacters) continue;
    const word = text.slice(start, end);
    redacted += text.slice(copiedTo, start) + redactParameters(word);
    copiedTo = end;
  }
  return redacted + text.slice(copiedTo);
}

function redactParameter(parameter: string): string {
  const at = parameter.indexOf('=');
  if (at < 0) return redactHidden(parameter);
  const name = parameter.slice(0, at);
  const plainName = decode(name);
  const isSecret = plainName === null || isSecretName(plainName) || secretParameters.has(plainName.toLowerCase());
  return `${name}=${isSecret ? gone : redactHidden(parameter.slice(at + 1))}`;
}

/** A value that only looks harmless while it is percent-encoded goes as a whole. */
function redactHidden(value: string): string {
  if (!mayHide.test(value)) return value;
  const plain = decode(value);
  return plain !== null && redactForms(redactSegments(plain)) === plain ? value : gone;
}

function redactPath(path: string): string {
  return redactSegments(redactUserInfo(path), redactHidden);
}

/** `https://ada:password@host` and `https://token@host`. */
function redactUserInfo(text: string): string {
  return text.replaceAll(/:\/\/([^/?#\s@:]*)(:[^/?#\s]*)?@/g, (_, user: string, password?: string) =>
    password === undefined ? `://${gone}@` : `://${user}:${gone}@`,
  );
}

/** `/e/TOKEN` opens a link, `/admin/password/TOKEN` sets a password. */
function redactSegments(path: string, redactOther = (segment: string) => segment): string {
  let [before, last] = ['', ''];
  return path
    .split('/')
    .map((segment) => {
      if (segment === '') return segment;
      const isToken = last === 'e' || (before === 'admin' && last === 'password');
      [before, last] = [last, decode(segment) ?? ''];
      return isToken ? gone : redactOther(segment);
    })
    .join('/');
}

const maxEncodings = 4;

/** Null for what is still percent-encoded after four rounds: nobody who means well sends that. */
function decode(text: string): string | null {
  let plain = text.replaceAll('+', ' ');
  for (let round = 0; round < maxEncodings; round += 1) {
    if (!plain.includes('%')) return plain;
    const decoded = plain.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === plain) return plain;
    plain = decoded;
  }
  return null;
}

const mayHide = /[%?=:@/]|eyJ|bearer|basic|drk_|whsec_/i;

// Each of these takes all that it begins with, so that no character is read twice (see linear-expressions.test.ts).
const header = /\b(bearer|basic)([\s+:]{1,8})([\w.~+/=-]*)/gi;
const jsonWebToken = /eyJ[\w-]*(?:\.[\w-]*)*/g;
const issuedKey = /\b(?:drk|whsec)_[\w+/=.-]*/g;
const namedValue =
  /((?:password|passwd|passphrase|secret|token|signature|credential|authorization|cookie|access|refresh|api_?key|connectionParams)[\w-]{0,20}(?:=|\\?["']\s{0,3}:)\s{0,3})("(?:[^"\\]|\\.)*(?:"|\\?$)|[^\s"'&,;}#]+)/gis;

const minHeaderCharacters = 12;

/** By what secrets look like, and by the names before them in texts and in JSON. */
function redactForms(text: string): string {
  return redactUserInfo(text)
    .replaceAll(jsonWebToken, (found) => (found.includes('.') ? gone : found))
    .replaceAll(issuedKey, gone)
    .replaceAll(header, (found, scheme: string, between: string, value: string) =>
      value.length < minHeaderCharacters ? found : scheme + between + gone,
    )
    .replaceAll(namedValue, `$1${gone}`);
}
