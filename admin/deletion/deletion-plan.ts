import { QueryTypes, type Sequelize } from 'sequelize';
import { type AccountStanding, whyNotDeleted } from '../../server/accounts/account-limits.ts';
import type { Actor } from '../../server/kernel/actor.ts';
import { can, type Permission } from '../../server/kernel/permissions.ts';
import { standingSql } from '../access/account-limits.ts';

/** What a deletion would take along, and what would stay and why: told before somebody says yes. */
export interface DeletionPlan {
  /** Each kind that there is something of. */
  goes: { kind: GoingKind; count: number; names: string[] }[];
  keeps: { id: string; title: string; reason: KeepingReason; count: number; names: string[] }[];
}

export type GoingKind = 'images' | 'thumbnails' | 'links' | 'memberships' | 'members' | 'logins';
export type KeepingReason = 'own' | 'superuser' | 'rights' | 'default' | 'inUse';

export type Deletable = 'users' | 'tiers' | 'images' | 'groups';

export const mostNames = 20;

interface Going {
  kind: GoingKind;
  /** Who may see the names. */
  permission: Permission;
  /** `FROM … WHERE …` of the rows that go; `$1` is the ids. */
  from: string;
  /** The name of one, and their order. Absent for what has no name. */
  name?: string;
}

const goings: Record<Deletable, readonly Going[]> = {
  users: [
    {
      kind: 'images',
      permission: 'images.view',
      from: "FROM images i WHERE i.owner_id = ANY ($1::uuid[]) AND i.state = 'stored'",
      name: 'i.name',
    },
    {
      kind: 'thumbnails',
      permission: 'images.view',
      from: 'FROM thumbnails t JOIN images i ON i.id = t.image_id WHERE i.owner_id = ANY ($1::uuid[])',
    },
    {
      kind: 'links',
      permission: 'links.view',
      from: 'FROM expiring_links l JOIN images i ON i.id = l.image_id WHERE l.owner_id = ANY ($1::uuid[])',
      name: 'i.name',
    },
    {
      kind: 'memberships',
      permission: 'groups.view',
      from: 'FROM account_groups m JOIN groups g ON g.id = m.group_id WHERE m.account_id = ANY ($1::uuid[])',
      name: 'g.name',
    },
    {
      kind: 'logins',
      permission: 'users.view',
      from: "FROM sessions s WHERE s.sess ->> 'accountId' = ANY ($1::text[]) AND s.expire > now()",
    },
  ],
  images: [
    {
      kind: 'thumbnails',
      permission: 'images.view',
      from: 'FROM thumbnails t WHERE t.image_id = ANY ($1::uuid[])',
      name: "t.width || ' × ' || t.height || ' px'",
    },
    {
      kind: 'links',
      permission: 'links.view',
      from: 'FROM expiring_links l JOIN images i ON i.id = l.image_id WHERE l.image_id = ANY ($1::uuid[])',
      name: 'i.name',
    },
  ],
  groups: [
    {
      kind: 'members',
      permission: 'users.view',
      from: 'FROM account_groups m JOIN accounts a ON a.id = m.account_id WHERE m.group_id = ANY ($1::uuid[])',
      name: 'a.username::text',
    },
  ],
  tiers: [],
};

/**
 * Reads the plan for records of a resource. What the use cases decide stays theirs: this only tells of it beforehand.
 * Names of what the person may not see are left away, their count is not.
 */
export function deletionPlanOf({ sequelize }: { sequelize: Sequelize }) {
  const rows = <T extends object>(sql: string, ...bind: unknown[]) =>
    sequelize.query<T>(sql, { bind, type: QueryTypes.SELECT });

  async function countOf({ kind, permission, from, name }: Going, ids: readonly string[], actor: Actor) {
    const [counted] = await rows<{ count: number }>(`SELECT count(*) AS count ${from}`, ids);
    const count = counted?.count ?? 0;
    const hasNames = count > 0 && name !== undefined && can(actor, permission);
    const named = hasNames
      ? await rows<{ name: string }>(`SELECT ${name} AS name ${from} ORDER BY 1 LIMIT ${mostNames}`, ids)
      : [];
    return { kind, count, names: named.map((row) => row.name) };
  }

  async function keptUsers(ids: readonly string[], actor: Actor): Promise<DeletionPlan['keeps']> {
    const accounts = await rows<AccountStanding & { title: string }>(accountsQuery, ids);
    return accounts.flatMap((account) => {
      const reason = whyNotDeleted(actor, account);
      return reason ? [{ id: account.id, title: account.title, reason, count: 0, names: [] }] : [];
    });
  }

  async function keptTiers(ids: readonly string[], actor: Actor): Promise<DeletionPlan['keeps']> {
    const kept = await rows<{ id: string; title: string; isDefault: boolean; count: number; names: string[] }>(
      keptTiersQuery,
      ids,
    );
    return kept.map(({ id, title, isDefault, count, names }) =>
      isDefault
        ? { id, title, reason: 'default', count: 0, names: [] }
        : { id, title, reason: 'inUse', count, names: can(actor, 'users.view') ? names : [] },
    );
  }

  return async (resource: Deletable, ids: readonly string[], actor: Actor): Promise<DeletionPlan> => {
    const keeps =
      resource === 'users' ? await keptUsers(ids, actor) : resource === 'tiers' ? await keptTiers(ids, actor) : [];
    const going = ids.filter((id) => !keeps.some((kept) => kept.id === id));
    const goes = [];
    for (const kind of goings[resource]) goes.push(await countOf(kind, going, actor));
    return { goes: goes.filter(({ count }) => count > 0), keeps };
  };
}

const accountsQuery = `
  SELECT a.id, a.username::text AS title, a.is_superuser AS "isSuperuser", ${standingSql}
  FROM accounts a WHERE a.id = ANY ($1::uuid[]) ORDER BY 2`;

const keptTiersQuery = `
  SELECT * FROM (
    SELECT t.id, t.name::text AS title, t.is_default AS "isDefault",
      (SELECT count(*) FROM accounts a WHERE a.tier_id = t.id) AS count,
      ARRAY(SELECT a.username::text FROM accounts a WHERE a.tier_id = t.id ORDER BY 1 LIMIT ${mostNames}) AS names
    FROM tiers t WHERE t.id = ANY ($1::uuid[])
  ) AS known WHERE "isDefault" OR count > 0 ORDER BY title`;
