import { hash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';

/**
 * Whether a request brings the token that two machines share: as Bearer, or as the password of Basic, which is all that
 * an address can carry (`https://any:TOKEN@host/`). Compared as digests, which have one length, so that the time tells
 * nothing.
 */
export function hasSharedToken(req: Request, token: string): boolean {
  const [, scheme = '', given = ''] = /^(bearer|basic) +(\S+) *$/i.exec(req.headers.authorization ?? '') ?? [];
  const text = scheme.toLowerCase() === 'basic' ? passwordOf(given) : given;
  return timingSafeEqual(hash('sha256', text, 'buffer'), hash('sha256', token, 'buffer'));
}

function passwordOf(credentials: string): string {
  const text = Buffer.from(credentials, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}
