import { QueryTypes } from 'sequelize';
import { can, type Permission } from '../../server/accounts/permissions.ts';
import type { PanelDeps } from '../panel-deps.ts';
import type { PanelUser } from '../session/panel-user.ts';

/** What the start page shows; absent what the person may not see. */
export interface Dashboard {
  users?: { total: number; active: number; joinedThisWeek: number };
  tiers?: { name: string; accounts: number }[];
  images?: { total: number; bytes: number; processing: number; failed: number; uploadedToday: number };
  links?: { live: number };
  recent?: { id: string; at: string; actorName: string; action: string; resource: string; recordTitle: string }[];
  /** What they may do: links to it are shown. */
  may: Permission[];
}

const offered = ['users.add', 'tiers.add', 'images.view', 'groups.add'] as const;

export function dashboardOf({ sequelize }: PanelDeps) {
  const rows = <T extends object>(sql: string) => sequelize.query<T>(sql, { type: QueryTypes.SELECT });
  const row = async <T extends object>(sql: string) => (await rows<T>(sql))[0];

  return async ({ actor }: PanelUser): Promise<Dashboard> => {
    const seen = async <T>(permission: Permission, read: () => Promise<T>) =>
      can(actor, permission) ? read() : undefined;
    const [users, tiers, images, links, recent] = await Promise.all([
      seen('users.view', () => row<NonNullable<Dashboard['users']>>(usersQuery)),
      seen('tiers.view', () => rows<NonNullable<Dashboard['tiers']>[number]>(tiersQuery)),
      seen('images.view', () => row<NonNullable<Dashboard['images']>>(imagesQuery)),
      seen('links.view', () => row<NonNullable<Dashboard['links']>>(linksQuery)),
      seen('log.view', () => rows<NonNullable<Dashboard['recent']>[number]>(recentQuery)),
    ]);
    return { users, tiers, images, links, recent, may: offered.filter((permission) => can(actor, permission)) };
  };
}

const usersQuery = `
  SELECT count(*) AS total, count(*) FILTER (WHERE is_active) AS active,
    count(*) FILTER (WHERE date_joined > now() - interval '7 days') AS "joinedThisWeek" FROM accounts`;

const tiersQuery = `
  SELECT t.name::text AS name, count(a.id) AS accounts FROM tiers t LEFT JOIN accounts a ON a.tier_id = t.id
  GROUP BY t.id ORDER BY count(a.id) DESC, t.created_at LIMIT 12`;

const imagesQuery = `
  SELECT count(*) AS total, coalesce(sum(bytes), 0)::bigint AS bytes,
    count(*) FILTER (WHERE status = 'processing') AS processing, count(*) FILTER (WHERE status = 'failed') AS failed,
    count(*) FILTER (WHERE created_at > now() - interval '24 hours') AS "uploadedToday"
  FROM images WHERE state = 'stored'`;

const linksQuery = `
  SELECT count(*) AS live FROM expiring_links
  WHERE revoked_at IS NULL AND expires_at > now() AND (max_uses IS NULL OR uses < max_uses)`;

const recentQuery = `
  SELECT id, at, actor_name AS "actorName", action, resource, record_title AS "recordTitle"
  FROM audit_entries ORDER BY at DESC, id DESC LIMIT 8`;
