import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse as uuidBytes, stringify as uuidText } from 'uuid';

export interface LinkTokens {
  /** 43 characters of base64url. */
  tokenOf(linkId: string): string;
  /** The id of the link that a token names; null for what is not one of ours to the letter. */
  linkIdOf(token: string): string | null;
}

const idBytes = 16;
const macBytes = 16;

/**
 * A link's token is base64url(id || HMAC-SHA256(key, "expiring-link" || id), cut to 128 bits): the database holds
 * nothing that opens a link. `previous` still opens what was handed out before a key change.
 */
export function createLinkTokens(keys: { current: string | Buffer; previous?: string | Buffer }): LinkTokens {
  const accepted = keys.previous ? [keys.current, keys.previous] : [keys.current];
  return {
    tokenOf: (linkId) => {
      const id = Buffer.from(uuidBytes(linkId));
      return Buffer.concat([id, mac(keys.current, id)]).toString('base64url');
    },
    linkIdOf: (token) => {
      const bytes = Buffer.from(token, 'base64url');
      // Node reads padding, `+`, `/` and stray bits too; one link has one token.
      if (bytes.length !== idBytes + macBytes || bytes.toString('base64url') !== token) return null;
      const id = bytes.subarray(0, idBytes);
      const matches = accepted.map((key) => timingSafeEqual(mac(key, id), bytes.subarray(idBytes)));
      return matches.includes(true) ? uuidText(id) : null;
    },
  };
}

function mac(key: string | Buffer, id: Buffer): Buffer {
  return createHmac('sha256', key).update('expiring-link').update(id).digest().subarray(0, macBytes);
}
