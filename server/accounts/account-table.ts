import type { Sequelize, Transaction } from 'sequelize';
import { defineStatement, executeForOne } from '../db/statement.ts';
import type { TierRules } from '../tiers/tier-rules.ts';
import type { Actor } from './actor.ts';

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
      json_build_object(
        'id', t.id, 'name', t.name, 'thumbnailHeights', t.thumbnail_heights, 'thumbnailFormat', t.thumbnail_format,
        'originalLink', t.original_link, 'expiringLink', t.expiring_link,
        'expiringLinkMinSeconds', t.expiring_link_min_seconds, 'expiringLinkMaxSeconds', t.expiring_link_max_seconds,
        'maxUploadBytes', t.max_upload_bytes, 'quotaBytes', t.quota_bytes, 'version', t.version
      ) AS tier
    FROM accounts a JOIN tiers t ON t.id = a.tier_id
    WHERE a.id = $1 AND a.is_active`,
});

/** An active account with its rights and tier. */
export function findActor(on: Sequelize | Transaction, accountId: string): Promise<ActorRow | null> {
  return executeForOne(on, actor, [accountId]);
}
