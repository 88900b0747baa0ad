import type { IncomingMessage } from 'node:http';
import { invalidField } from '../../core/errors.ts';
import { parseDictionary } from './structured-fields.ts';

const sha256Bytes = 32;

/**
 * The SHA-256 that a request's `Content-Digest` promises of its content (RFC 9530), or null when it promises none that
 * is checked here: other algorithms are passed over, as the RFC says. Malformed is `invalid_request`.
 */
export function contentDigestOf(header: string | undefined): Buffer | null {
  if (header === undefined) return null;
  const members = parseDictionary(header);
  if (!members) throw malformed('is not a dictionary of RFC 9651');
  const member = members.get('sha-256');
  if (!member) return null;
  if (member.kind !== 'bytes' || member.bytes.length !== sha256Bytes) {
    throw malformed('sha-256 is not 32 bytes in base64 between colons');
  }
  return member.bytes;
}

/**
 * The SHA-256 that a request promises of its content, to be asked for when all of that has come: RFC 9530 lets
 * `Content-Digest` stand behind the content as well, where `Trailer` announces it. Null when there is nothing to expect. A
 * header that is malformed is `invalid_request` at once.
 */
export function promisedDigestOf(req: IncomingMessage): (() => Buffer | null) | null {
  const inHeader = contentDigestOf(req.headersDistinct['content-digest']?.join(', '));
  if (inHeader) return () => inHeader;
  if (!/(?:^|[ \t,])content-digest(?:$|[ \t,])/i.test(req.headers.trailer ?? '')) return null;
  return () => contentDigestOf(req.trailersDistinct['content-digest']?.join(', '));
}

function malformed(why: string) {
  return invalidField('Content-Digest', `${why}; send for example sha-256=:BASE64:`);
}
