import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import jwt, { type VerifyOptions } from 'jsonwebtoken';
import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

export type TokenType = 'access' | 'refresh';

const algorithm = 'HS256';
const audience = 'darkroom-api';

/** The signature is all that jsonwebtoken checks, for every door: `checkClaims` does the rest, by our own clock. */
export const signatureOptions: Pick<VerifyOptions, 'algorithms' | 'ignoreExpiration' | 'ignoreNotBefore'> = {
  algorithms: [algorithm],
  ignoreExpiration: true,
  ignoreNotBefore: true,
};

const maxTokenCharacters = 4_096;
/** How far the clocks of several servers may differ; for `iat` alone, never for `exp`. */
const clockLeewaySeconds = 60;

/** Our own headers and no other: nothing in a token says where its key comes from (`jku`, `jwk`, `x5u`), or `crit`. */
const headerSchema = z.strictObject({ alg: z.literal(algorithm), typ: z.literal('JWT'), kid: z.string() });
const claimsSchema = z.object({
  token_type: z.enum(['access', 'refresh']),
  /** The account's id, and its token generation when the token was made. */
  sub: z.uuid(),
  gen: z.int().min(1),
  jti: z.uuid(),
  iss: z.string(),
  aud: z.literal(audience),
  iat: z.int().positive(),
  exp: z.int().positive(),
  nbf: z.int().optional(),
  /** Of a refresh token, since rows of used ones are purged: its family, which ends when it is used again. */
  fam: z.uuid().optional(),
});
export type Claims = z.infer<typeof claimsSchema>;

export interface TokenCodecOptions {
  keys: { current: string; previous?: string | null };
  issuer: string;
  /** How long a token of either type may live. */
  lifetimeSeconds: Readonly<Record<TokenType, number>>;
  now: () => Date;
}

/** Makes and reads the JWTs themselves (RFC 7519, RFC 8725). What does not do is 401 `token_not_valid`. */
export function createTokenCodec({ keys, issuer, lifetimeSeconds, now }: TokenCodecOptions) {
  // Of a string jsonwebtoken makes a key at each call, and tries a public key first: 300 µs.
  const keyById = new Map<string, KeyObject>();
  for (const key of [keys.previous, keys.current]) if (key) keyById.set(keyId(key), createSecretKey(key, 'utf8'));
  const keyid = keyId(keys.current);
  const signingKey = keyOfId(keyid);
  const nowSeconds = () => Math.floor(now().getTime() / 1000);

  /** The key that a token's header names. */
  function keyOf(token: string): KeyObject {
    if (token.length > maxTokenCharacters) throw notValid();
    const header = headerSchema.safeParse(headerOf(token));
    if (!header.success) throw notValid();
    return keyOfId(header.data.kid);
  }

  function keyOfId(id: string): KeyObject {
    const key = keyById.get(id);
    if (key === undefined) throw notValid();
    return key;
  }

  /** The claims of a payload whose signature was checked: issuer, audience, type and times are right. */
  function checkClaims(payload: unknown, ...types: TokenType[]): Claims {
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success) throw notValid(parsed.error);
    const claims = parsed.data;
    const time = nowSeconds();
    const isInTime = claims.exp > time && claims.iat <= time + clockLeewaySeconds && (claims.nbf ?? 0) <= time;
    // One that outlives all of its type was not made here, or before the setting was lowered.
    const isTooLong = claims.exp > time + lifetimeSeconds[claims.token_type] + clockLeewaySeconds;
    if (!types.includes(claims.token_type) || claims.iss !== issuer || !isInTime || isTooLong) throw notValid();
    return claims;
  }

  return {
    keyOf,
    checkClaims,

    /** @param rest times in seconds since 1970 */
    sign(
      type: TokenType,
      account: { id: string; gen: number },
      jti: string,
      rest: Pick<Claims, 'iat' | 'exp' | 'fam'>,
    ): string {
      const claims: Claims = {
        token_type: type,
        sub: account.id,
        gen: account.gen,
        jti,
        iss: issuer,
        aud: audience,
        ...rest,
      };
      return jwt.sign(claims, signingKey, { algorithm, keyid });
    },

    read(token: string, ...types: TokenType[]): Claims {
      const key = keyOf(token);
      let payload: unknown;
      try {
        payload = jwt.verify(token, key, signatureOptions);
      } catch (cause) {
        throw notValid(cause);
      }
      return checkClaims(payload, ...types);
    },
  };
}

export function notValid(cause?: unknown): AppError {
  return new AppError('token_not_valid', 'The token is not valid or has ended. Log in again.', { cause });
}

/** Names a key without telling anything about it. */
function keyId(key: string): string {
  return createHash('sha256').update(`darkroom key id\n${key}`).digest('base64url').slice(0, 12);
}

function headerOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString());
  } catch {
    return undefined;
  }
}
