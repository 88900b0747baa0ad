import { createHash } from 'node:crypto';
import jwt from 'jsonwebtoken';
import type { Sequelize } from 'sequelize';
import { QueryTypes } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import { z } from 'zod';
import type { TokenPair } from '../../core/contracts/token.ts';
import { AppError } from '../../core/errors.ts';
import type { Database } from '../db/models.ts';

export interface TokensDeps extends Database {
  /** HMAC keys: new tokens are signed with the current one; the previous one is still taken. */
  keys: { current: string; previous?: string };
  accessMinutes: number;
  /** From the login: a family of refresh tokens does not outlive this, however often it is refreshed. */
  refreshDays: number;
  issuer: string;
  now?: () => Date;
}

export interface AccessClaims {
  accountId: string;
  tokenGeneration: number;
}

export interface Tokens {
  issue(account: { id: string; tokenGeneration: number }): Promise<TokenPair>;
  /** A new pair for a refresh token, once. Used again, it ends its whole family. 401 `token_not_valid`. */
  refresh(refresh: string): Promise<TokenPair>;
  /** 401 `token_not_valid` unless this token, of either type, would be taken now. */
  verify(token: string): Promise<void>;
  /** Logs out: ends the family. 401 `token_not_valid` when the token was of no use any more. */
  blacklist(refresh: string): Promise<void>;
  /** Signature, times and type alone; whether the account still is active is the caller's to check. */
  verifyAccess(token: string): AccessClaims;
  /** The key that a token's header names, for passport-jwt. 401 `token_not_valid` for any header but our own. */
  keyOf(token: string): string;
  /** The claims of an access token whose signature was checked already. 401 `token_not_valid`. */
  accessClaims(payload: unknown): AccessClaims;
  readonly issuer: string;
  readonly audience: string;
}

type TokenType = 'access' | 'refresh';

export const tokenAlgorithm = 'HS256';
const audience = 'darkroom-api';
const maxTokenCharacters = 4_096;
/** How far the clocks of several servers may differ; for `iat` alone, never for `exp`. */
const clockLeewaySeconds = 60;

const headerSchema = z.strictObject({ alg: z.literal(tokenAlgorithm), typ: z.literal('JWT'), kid: z.string() });
const claimsSchema = z.object({
  token_type: z.enum(['access', 'refresh']),
  sub: z.uuid(),
  jti: z.uuid(),
  gen: z.int().min(1),
  iss: z.string(),
  aud: z.literal(audience),
  iat: z.int().positive(),
  exp: z.int().positive(),
  nbf: z.int().optional(),
});
type Claims = z.infer<typeof claimsSchema>;

/** Access and refresh tokens: JWTs signed with HS256. Each refresh token has a row, by its `jti`. */
export function createTokens({
  sequelize,
  models,
  keys,
  accessMinutes,
  refreshDays,
  issuer,
  now = () => new Date(),
}: TokensDeps): Tokens {
  const keyById = new Map(
    [keys.previous, keys.current].filter((key) => key !== undefined).map((key) => [keyId(key), key]),
  );
  const accessSeconds = Math.round(accessMinutes * 60);
  const refreshSeconds = Math.round(refreshDays * 86_400);
  const seconds = () => Math.floor(now().getTime() / 1000);

  function sign(type: TokenType, account: { id: string; gen: number }, jti: string, exp: number): string {
    const claims: Claims = {
      token_type: type,
      sub: account.id,
      jti,
      gen: account.gen,
      iss: issuer,
      aud: audience,
      iat: seconds(),
      exp,
    };
    return jwt.sign(claims, keys.current, { algorithm: tokenAlgorithm, keyid: keyId(keys.current) });
  }

  function pairOf(account: { id: string; gen: number }, refreshId: string, refreshExpiresAt: Date): TokenPair {
    const refreshExp = Math.floor(refreshExpiresAt.getTime() / 1000);
    return {
      access: sign('access', account, uuidV7(), seconds() + accessSeconds),
      refresh: sign('refresh', account, refreshId, refreshExp),
    };
  }

  function keyOf(token: string): string {
    if (token.length > maxTokenCharacters) throw notValid();
    const header = headerSchema.safeParse(headerOf(token));
    const key = header.success ? keyById.get(header.data.kid) : undefined;
    if (key === undefined) throw notValid();
    return key;
  }

  function checkClaims(payload: unknown, ...types: TokenType[]): Claims {
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success) throw notValid(parsed.error);
    const claims = parsed.data;
    const longest = claims.token_type === 'access' ? accessSeconds : refreshSeconds;
    const isInTime =
      claims.exp > seconds() &&
      claims.iat <= seconds() + clockLeewaySeconds &&
      (claims.nbf ?? 0) <= seconds() &&
      claims.iat < claims.exp;
    // A token that outlives every token of its type was not made here, or before the setting was lowered.
    const isTooLong = claims.exp > seconds() + longest + clockLeewaySeconds;
    if (!types.includes(claims.token_type) || claims.iss !== issuer || !isInTime || isTooLong) throw notValid();
    return claims;
  }

  function read(token: string, ...types: TokenType[]): Claims {
    const key = keyOf(token);
    let payload: unknown;
    try {
      payload = jwt.verify(token, key, {
        algorithms: [tokenAlgorithm],
        issuer,
        audience,
        clockTimestamp: seconds(),
      });
    } catch (cause) {
      throw notValid(cause);
    }
    return checkClaims(payload, ...types);
  }

  async function endFamilyOf(refreshId: string): Promise<void> {
    await sequelize.query(
      `UPDATE refresh_tokens SET revoked_at = $2
       WHERE family_id = (SELECT family_id FROM refresh_tokens WHERE id = $1) AND revoked_at IS NULL`,
      { bind: [refreshId, now()] },
    );
  }

  async function isUsable(refreshId: string): Promise<boolean> {
    const rows = await sequelize.query(
      `SELECT 1 FROM refresh_tokens AS token WHERE token.id = $1 AND ${usable('$2')}`,
      {
        type: QueryTypes.SELECT,
        bind: [refreshId, now()],
      },
    );
    return rows.length > 0;
  }

  return {
    issuer,
    audience,
    keyOf,

    async issue(account) {
      const id = uuidV7();
      const expiresAt = new Date((seconds() + refreshSeconds) * 1000);
      const row = { id, familyId: uuidV7(), accountId: account.id, expiresAt, createdAt: now() };
      await models.RefreshToken.create(row);
      return pairOf({ id: account.id, gen: account.tokenGeneration }, id, expiresAt);
    },

    async refresh(refresh) {
      const claims = read(refresh, 'refresh');
      const id = uuidV7();
      const next = await sequelize.query<{ expiresAt: Date }>(rotation, {
        type: QueryTypes.SELECT,
        bind: [claims.jti, now(), id, claims.sub, claims.gen],
        plain: true,
      });
      if (next) return pairOf({ id: claims.sub, gen: claims.gen }, id, next.expiresAt);
      await endFamilyOf(claims.jti);
      throw notValid();
    },

    async verify(token) {
      const claims = read(token, 'access', 'refresh');
      const account = await models.Account.findByPk(claims.sub, { attributes: ['isActive', 'tokenGeneration'] });
      if (!account?.isActive || account.tokenGeneration !== claims.gen) throw notValid();
      if (claims.token_type === 'refresh' && !(await isUsable(claims.jti))) throw notValid();
    },

    async blacklist(refresh) {
      const claims = read(refresh, 'refresh');
      const wasUsable = await isUsable(claims.jti);
      await endFamilyOf(claims.jti);
      if (!wasUsable) throw notValid();
    },

    verifyAccess(token) {
      return toAccess(read(token, 'access'));
    },

    accessClaims(payload) {
      return toAccess(checkClaims(payload, 'access'));
    },
  };
}

/** What makes a row of `refresh_tokens AS token` good for one more pair: one revoked member ends the family. */
function usable(now: string): string {
  return `token.used_at IS NULL AND token.revoked_at IS NULL AND token.expires_at > ${now} AND NOT EXISTS (
    SELECT FROM refresh_tokens AS member WHERE member.family_id = token.family_id AND member.revoked_at IS NOT NULL)`;
}

/**
 * One statement: of many at once, one spends the token and puts the next one in its place. The next one ends when the
 * first one of its family would have.
 */
const rotation = `
  WITH spent AS (
    UPDATE refresh_tokens AS token SET used_at = $2
    FROM accounts AS account
    WHERE token.id = $1 AND token.account_id = $4 AND ${usable('$2')}
      AND account.id = token.account_id AND account.is_active AND account.token_generation = $5
    RETURNING token.family_id, token.account_id, token.expires_at
  )
  INSERT INTO refresh_tokens (id, family_id, account_id, expires_at, created_at)
  SELECT $3::uuid, family_id, account_id, expires_at, $2 FROM spent
  RETURNING expires_at AS "expiresAt"`;

/** Deletes what nobody can use any more, at most `limit` rows, and says how many those were. For the sweep. */
export async function purgeExpiredTokens(sequelize: Sequelize, now = new Date(), limit = 10_000): Promise<number> {
  const rows = await sequelize.query(
    `DELETE FROM refresh_tokens WHERE id IN (SELECT id FROM refresh_tokens WHERE expires_at <= $1 LIMIT $2)
     RETURNING id`,
    { type: QueryTypes.SELECT, bind: [now, limit] },
  );
  return rows.length;
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

function toAccess({ sub, gen }: Claims): AccessClaims {
  return { accountId: sub, tokenGeneration: gen };
}

function notValid(cause?: unknown): AppError {
  return new AppError('token_not_valid', 'The token is not valid or has ended. Log in again.', { cause });
}
