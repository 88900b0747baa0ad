const gone = '[redacted]';

const secretParameters =
  'X-Amz-Signature|X-Amz-Security-Token|X-Amz-Credential|token|access|refresh|password|secret|access_token|refresh_token';

const parameterPattern = new RegExp(`([?&;](?:${secretParameters})=)[^&#\\s"']*`, 'gi');
const linkPattern = /(\/(?:e|admin\/password)\/)[^/?#\s"']+/g;
const userInfoPattern = /([a-z][a-z0-9+.-]*:\/\/[^/?#\s:@"']*:)[^/?#\s@"']+@/gi;
const bearerPattern = /\b(Bearer|Basic)\s+[\w.~+/=-]{12,}/gi;
const jwtPattern = /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g;

/** A URL or a path as it may be logged: without the token of a link, signatures, tokens and passwords. */
export function redactUrl(url: string): string {
  return url
    .replace(parameterPattern, `$1${gone}`)
    .replace(linkPattern, `$1${gone}`)
    .replace(userInfoPattern, `$1${gone}@`);
}

/** Any text, such as the message of an error, that may hold a URL, a header or a token. */
export function redactText(text: string): string {
  return redactUrl(text).replace(bearerPattern, `$1 ${gone}`).replace(jwtPattern, gone);
}
