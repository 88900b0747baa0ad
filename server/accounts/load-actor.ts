import { QueryTypes } from 'sequelize';
import type { Models } from '../db/models.ts';
import type { TierRules } from '../tiers/tier-rules.ts';
import type { Actor } from './actor.ts';

export type LoadActor = (accountId: string) => Promise<Actor | null>;

interface ActorRow extends Omit<Actor, 'permissions' | 'tier'> {
  permissions: string[];
  tier: TierRules;
}

/** Who an account is at this moment, in one query. Null when it is unknown or inactive. */
export function loadActorOf({ models }: { models: Models }): LoadActor {
  const { sequelize } = models.Account;
  if (!sequelize) throw new Error('the models are not connected');
  return async (accountId) => {
    const row = await sequelize.query<ActorRow>(actorQuery, {
      type: QueryTypes.SELECT,
      bind: [accountId],
      plain: true,
    });
    if (!row) return null;
    return Object.freeze({ ...row, permissions: new Set(row.permissions), tier: Object.freeze(row.tier) });
  };
}

const actorQuery = `
  SELECT a.id AS "accountId", a.username::text AS username, a.is_staff AS "isStaff", a.is_superuser AS "isSuperuser",
    a.token_generation AS "tokenGeneration",
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
  WHERE a.id = $1 AND a.is_active`;
