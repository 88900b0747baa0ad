import type { Sequelize, Transaction } from 'sequelize';
import { defineStatement, execute, executeForOne } from '../db/statement.ts';
import type { Actor } from '../kernel/actor.ts';
import { type TierRules, tierRulesSql } from '../tiers/tier-rules.ts';

export interface ActorRow extends Omit<Actor, 'permissions' | 'tier'> {
  permissions: string[];
  tier: TierRules;
}

const actor = defineStatement<ActorRow, [accountId: string]>({
  name: 'accounts.actor',
  columns: {
    accountId: 'uuid',
    username: 'text',
    isStaff: 'bool',
    isSuperuser: 'bool',
    tokenGeneration: 'int4',
    imagesVersion: 'int8',
    permissions: '_text',
    tier: 'json',
  },
  text: `SELECT a.id AS "accountId", a.username::text AS username, a.is_staff AS "isStaff", a.is_superuser AS "isSuperuser",
      a.token_generation AS "tokenGeneration", a.images_version AS "imagesVersion",
      ARRAY(
        SELECT permission FROM account_permissions WHERE account_id = a.id
        UNION
        SELECT gp.permission FROM account_groups ag JOIN group_permissions gp USING (group_id) WHERE ag.account_id = a.id
      ) AS permissions,
      ${tierRulesSql('t')} AS tier
    FROM accounts a JOIN tiers t ON t.id = a.tier_id
    WHERE a.id = $1 AND a.is_active`,
});

/** An active account with its rights and tier. */
export function findActor(on: Sequelize | Transaction, accountId: string): Promise<ActorRow | null> {
  return executeForOne(on, actor, [accountId]);
}

const lock = defineStatement<{ id: string }, [accountId: string]>({
  name: 'accounts.lock',
  columns: { id: 'uuid' },
  text: 'SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE',
});

/** Locks one account's row against everybody else who changes its images, its quota or its tier. */
export async function lockAccount(transaction: Transaction, accountId: string): Promise<boolean> {
  return (await execute(transaction, lock, [accountId])).rowCount > 0;
}

const changeUsage = defineStatement<object, [accountId: string, bytes: number, images: number]>({
  name: 'accounts.change-usage',
  columns: {},
  text: `UPDATE accounts SET used_bytes = GREATEST(0, used_bytes + $2::bigint), image_count = GREATEST(0, image_count + $3::integer)
    WHERE id = $1`,
});

/**
 * Adds to what an account uses, in the transaction of the change; a negative number gives back. `bytes` counts stored
 * originals and what running uploads have reserved, `images` stored originals alone.
 */
export async function changeAccountUsage(
  transaction: Transaction,
  accountId: string,
  { bytes, images = 0 }: { bytes: number; images?: number },
): Promise<void> {
  await execute(transaction, changeUsage, [accountId, bytes, images]);
}

export interface AccountUsage {
  email: string;
  /** Stored originals, without running uploads. */
  images: number;
  bytes: number;
  /** Its tier is the one that new accounts get. */
  tierIsDefault: boolean;
}

const usage = defineStatement<AccountUsage, [accountId: string]>({
  name: 'accounts.usage',
  columns: { email: 'text', images: 'int4', bytes: 'int8', tierIsDefault: 'bool' },
  text: `SELECT a.email::text AS email, a.image_count AS images,
      GREATEST(0, a.used_bytes - COALESCE((
        SELECT sum(reserved_bytes) FROM images WHERE owner_id = a.id AND state = 'uploading'), 0))::bigint AS bytes,
      t.is_default AS "tierIsDefault"
    FROM accounts a JOIN tiers t ON t.id = a.tier_id WHERE a.id = $1`,
});

export function findAccountUsage(on: Sequelize | Transaction, accountId: string): Promise<AccountUsage | null> {
  return executeForOne(on, usage, [accountId]);
}
