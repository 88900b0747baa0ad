import type { KeyObject } from 'node:crypto';
import { QueryTypes, type Transaction } from 'sequelize';
import { v5 as uuidV5, v7 as uuidV7 } from 'uuid';
import type { TokenPair } from '../../core/contracts/token.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Origin } from '../kernel/actor.ts';
import type { Database } from '../models.ts';
import { type Claims, createTokenCodec, notValid } from './token-codec.ts';

export interface TokensDeps extends Database {
  /** HMAC keys: new tokens are signed with the current one; those of the previous one are still taken. */
  keys: { current: string; previous?: string | null };
  accessMinutes: number;
  /** From the login: a family of refresh tokens does not outlive this, however often it is refreshed. */
  refreshDays: number;
  /** How long a used refresh token gives the same pair again, for whoever lost the answer; 0: never. */
  refreshGraceSeconds: number;
  issuer: string;
  recordAudit: RecordAudit;
  now?: () => Date;
}

export interface AccessClaims {
  accountId: string;
  tokenGeneration: number;
}

export interface Tokens {
  /** A pair for a new login: in its transaction, if there is one. */
  issue(account: { id: string; tokenGeneration: number }, transaction?: Transaction): Promise<TokenPair>;
  /**
   * A new pair for a refresh token. During the grace, and while the new refresh token is unused, it gives the same pair
   * again: several windows of a browser share one token, and answers get lost. After that, a used one ends its whole
   * family, which the log keeps. 401 `token_not_valid`.
   */
  refresh(refresh: string, origin?: Origin): Promise<TokenPair>;
  /** 401 `token_not_valid` unless this token, of either type, would be taken now. */
  verify(token: string): Promise<void>;
  /** Logs out: ends the family, and writes that down. 401 `token_not_valid` when the token was of no use any more. */
  blacklist(refresh: string, origin?: Origin): Promise<void>;
  /** The key that a token's header names, for passport-jwt. 401 `token_not_valid` for any header but our own. */
  keyOf(token: string): KeyObject;
  /** The claims of an access token whose signature was checked already. 401 `token_not_valid`. */
  accessClaims(payload: unknown): AccessClaims;
}

/** Access and refresh tokens: JWTs signed with HS256. Each refresh token has a row, by its `jti`. */
export function createTokens({
  sequelize,
  models,
  keys,
  accessMinutes,
  refreshDays,
  refreshGraceSeconds,
  issuer,
  recordAudit,
  now = () => new Date(),
}: TokensDeps): Tokens {
  const lifetimeSeconds = { access: Math.round(accessMinutes * 60), refresh: Math.round(refreshDays * 86_400) };
  const { sign, read, keyOf, checkClaims } = createTokenCodec({ keys, issuer, lifetimeSeconds, now });

  /** Always the same for the same row and time, so that a pair can be given again that is nowhere kept. */
  function pairOf(
    account: { id: string; gen: number },
    refresh: { id: string; familyId: string; expiresAt: Date },
    issuedAt: Date,
  ): TokenPair {
    const iat = toSeconds(issuedAt);
    return {
      access: sign('access', account, uuidV5('access', refresh.id), { iat, exp: iat + lifetimeSeconds.access }),
      refresh: sign('refresh', account, refresh.id, { iat, exp: toSeconds(refresh.expiresAt), fam: refresh.familyId }),
    };
  }

  /** What a used refresh token gave, as long as it may be given again; else null. */
  async function repeated(claims: Claims, successorId: string): Promise<TokenPair | null> {
    if (refreshGraceSeconds === 0) return null;
    const usedAfter = new Date(now().getTime() - refreshGraceSeconds * 1000);
    const found = await sequelize.query<{ familyId: string; usedAt: Date; expiresAt: Date }>(repetition, {
      type: QueryTypes.SELECT,
      bind: [claims.jti, now(), successorId, claims.sub, claims.gen, usedAfter],
      plain: true,
    });
    return found && pairOf({ id: claims.sub, gen: claims.gen }, { id: successorId, ...found }, found.usedAt);
  }

  /** Nothing is written down when the family had ended before: who tries old tokens does not fill the log. */
  async function endFamilyOf(claims: Claims, reason: string, origin: Origin | undefined): Promise<void> {
    await sequelize.transaction(async (transaction) => {
      const ended = await sequelize.query(
        `UPDATE refresh_tokens SET revoked_at = $2
         WHERE family_id = coalesce((SELECT family_id FROM refresh_tokens WHERE id = $1), $3) AND account_id = $4
           AND revoked_at IS NULL RETURNING 1`,
        { type: QueryTypes.SELECT, bind: [claims.jti, now(), claims.fam ?? null, claims.sub], transaction },
      );
      if (ended.length === 0) return;
      const account = await models.Account.findByPk(claims.sub, { attributes: ['username'], transaction });
      await recordAudit(
        {
          actor: null,
          action: 'revoke_token',
          resource: 'users',
          recordId: claims.sub,
          recordTitle: account?.username ?? '',
          changes: { reason: { to: reason } },
          origin: origin ?? null,
        },
        transaction,
      );
    });
  }

  async function isUsable(refreshId: string): Promise<boolean> {
    const rows = await sequelize.query(
      `SELECT 1 FROM refresh_tokens AS token WHERE token.id = $1 AND ${usable('$2')}`,
      { type: QueryTypes.SELECT, bind: [refreshId, now()] },
    );
    return rows.length > 0;
  }

  return {
    keyOf,

    async issue(account, transaction) {
      const id = uuidV7();
      const familyId = uuidV7();
      const issuedAt = now();
      const expiresAt = new Date((toSeconds(issuedAt) + lifetimeSeconds.refresh) * 1000);
      const row = { id, familyId, accountId: account.id, expiresAt, namesFamily: true, createdAt: issuedAt };
      await models.RefreshToken.create(row, { transaction });
      return pairOf({ id: account.id, gen: account.tokenGeneration }, { id, familyId, expiresAt }, issuedAt);
    },

    async refresh(refresh, origin) {
      const claims = read(refresh, 'refresh');
      const id = uuidV5('refresh', claims.jti);
      const usedAt = now();
      const next = await sequelize.query<{ familyId: string; expiresAt: Date }>(rotation, {
        type: QueryTypes.SELECT,
        bind: [claims.jti, usedAt, id, claims.sub, claims.gen],
        plain: true,
      });
      if (next) return pairOf({ id: claims.sub, gen: claims.gen }, { id, ...next }, usedAt);
      const again = await repeated(claims, id);
      if (again) return again;
      await endFamilyOf(claims, 'it was used a second time', origin);
      throw notValid();
    },

    async verify(token) {
      const claims = read(token, 'access', 'refresh');
      const account = await models.Account.findByPk(claims.sub, { attributes: ['isActive', 'tokenGeneration'] });
      if (!account?.isActive || account.tokenGeneration !== claims.gen) throw notValid();
      if (claims.token_type === 'refresh' && !(await isUsable(claims.jti))) throw notValid();
    },

    async blacklist(refresh, origin) {
      const claims = read(refresh, 'refresh');
      const wasUsable = await isUsable(claims.jti);
      await endFamilyOf(claims, wasUsable ? 'logged out' : 'it was used a second time', origin);
      if (!wasUsable) throw notValid();
    },

    accessClaims: (payload) => toAccess(checkClaims(payload, 'access')),
  };
}

/**
 * What makes a row of `refresh_tokens AS token` good for one more pair. One revoked member ends the family: a revocation
 * that comes while another member is refreshed does not see the new row yet, but it marks the old one.
 */
function usable(now: string): string {
  return `token.used_at IS NULL AND ${inLivingFamily(now)}`;
}

function inLivingFamily(now: string): string {
  return `token.revoked_at IS NULL AND token.expires_at > ${now} AND NOT EXISTS (
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
  INSERT INTO refresh_tokens (id, family_id, account_id, expires_at, names_family, created_at)
  SELECT $3::uuid, family_id, account_id, expires_at, true, $2 FROM spent
  RETURNING family_id AS "familyId", expires_at AS "expiresAt"`;

/** Of many at once, those who were too late wait for the row in the statement above, and find it used here. */
const repetition = `
  SELECT token.family_id AS "familyId", token.used_at AS "usedAt", token.expires_at AS "expiresAt"
  FROM refresh_tokens AS token
    JOIN refresh_tokens AS successor ON successor.id = $3 AND successor.family_id = token.family_id
    JOIN accounts AS account ON account.id = token.account_id
  WHERE token.id = $1 AND token.account_id = $4 AND token.used_at > $6 AND successor.used_at IS NULL
    AND ${inLivingFamily('$2')} AND account.is_active AND account.token_generation = $5`;

function toSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function toAccess({ sub, gen }: Claims): AccessClaims {
  return { accountId: sub, tokenGeneration: gen };
}
