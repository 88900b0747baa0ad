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

function malformed(why: string) {
  return invalidField('Content-Digest', `${why}; send for example sha-256=:BASE64:`);
}
