import { createHmac, timingSafeEqual } from 'node:crypto';
import { NIL, parse as uuidBytes, stringify as uuidText } from 'uuid';

export interface PasswordLinkClaims {
  /** Whose password it sets. */
  accountId: string;
  /** Who made it; null for the command line. */
  madeById: string | null;
  expiresAt: Date;
}

export interface PasswordLinkTokens {
  /** 70 characters of base64url. */
  tokenOf(claims: PasswordLinkClaims, tokenGeneration: number): string;
  /** What a token says; null for what has not its form. Nothing of it is true before `isSigned`. */
  claimsOf(token: string): PasswordLinkClaims | null;
  /** Whether it was made here, for the account as it is at this token generation. Takes the same time for any answer. */
  isSigned(token: string, tokenGeneration: number): boolean;
}

const idBytes = 16;
const secondsBytes = 4;
const claimsBytes = 2 * idBytes + secondsBytes;
const macBytes = 16;

/**
 * The token of a link that sets a password: base64url(claims || HMAC-SHA256(key, "password-link" || claims ||
 * generation), cut to 128 bits). The generation goes up with every change of the password, so that a link that was used
 * is worth nothing, and the database holds nothing that opens one. `previous` still opens what was handed out before a
 * key change.
 */
export function createPasswordLinkTokens(keys: { current: string; previous?: string | null }): PasswordLinkTokens {
  const accepted = keys.previous ? [keys.current, keys.previous] : [keys.current];
  return {
    tokenOf: ({ accountId, madeById, expiresAt }, tokenGeneration) => {
      const seconds = Buffer.alloc(secondsBytes);
      seconds.writeUInt32BE(Math.floor(expiresAt.getTime() / 1000));
      const claims = Buffer.concat([uuidBytes(accountId), uuidBytes(madeById ?? NIL), seconds]);
      return Buffer.concat([claims, mac(keys.current, claims, tokenGeneration)]).toString('base64url');
    },
    claimsOf: (token) => {
      const bytes = bytesOf(token);
      if (bytes === null) return null;
      const madeById = uuidText(bytes.subarray(idBytes, 2 * idBytes));
      return {
        accountId: uuidText(bytes.subarray(0, idBytes)),
        madeById: madeById === NIL ? null : madeById,
        expiresAt: new Date(bytes.readUInt32BE(2 * idBytes) * 1000),
      };
    },
    isSigned: (token, tokenGeneration) => {
      const bytes = bytesOf(token);
      if (bytes === null) return false;
      const claims = bytes.subarray(0, claimsBytes);
      const given = bytes.subarray(claimsBytes);
      return accepted.map((key) => timingSafeEqual(mac(key, claims, tokenGeneration), given)).includes(true);
    },
  };
}

function bytesOf(token: string): Buffer | null {
  const bytes = Buffer.from(token.slice(0, 200), 'base64url');
  // Node reads padding, `+`, `/` and stray bits too; one link has one token.
  const isOurs = bytes.length === claimsBytes + macBytes && bytes.toString('base64url') === token;
  return isOurs && isUuid(bytes, 0) && isUuid(bytes, idBytes) ? bytes : null;
}

/** `stringify` throws for bytes that are no UUID. */
function isUuid(bytes: Buffer, from: number): boolean {
  try {
    uuidText(bytes.subarray(from, from + idBytes));
    return true;
  } catch {
    return false;
  }
}

function mac(key: string, claims: Buffer, tokenGeneration: number): Buffer {
  const signed = createHmac('sha256', key).update('password-link').update(claims).update(String(tokenGeneration));
  return signed.digest().subarray(0, macBytes);
}
