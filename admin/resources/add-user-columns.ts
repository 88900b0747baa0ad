import { QueryTypes, type Sequelize } from 'sequelize';
import { limitsOfAccount, type Standing, standingSql } from '../access/account-limits.ts';
import type { Reader, Row } from '../adapter/panel-definition.ts';
import { addColumns } from './add-columns.ts';

/** What a user's row has beside its columns: counts, rights, and what who reads it may not do with it. One query a page. */
export async function addUserColumns(sequelize: Sequelize, rows: Row[], reader: Reader): Promise<void> {
  await addColumns(rows, (ids) =>
    sequelize.query<Row>(
      `SELECT a.id, a.password_hash IS NOT NULL AS "hasPassword", t.name::text AS tier, t.quota_bytes AS "quotaBytes",
         (SELECT count(*) FROM images i WHERE i.owner_id = a.id AND i.state = 'stored') AS "imageCount",
         (SELECT count(*) FROM expiring_links l WHERE l.owner_id = a.id) AS "linkCount",
         ARRAY(SELECT group_id::text FROM account_groups WHERE account_id = a.id ORDER BY 1) AS "groupIds",
         ARRAY(SELECT permission FROM account_permissions WHERE account_id = a.id ORDER BY 1) AS permissions, ${standingSql}
       FROM accounts a JOIN tiers t ON t.id = a.tier_id WHERE a.id = ANY ($1::uuid[])`,
      { bind: [ids], type: QueryTypes.SELECT },
    ),
  );
  for (const row of rows) row.limits = limitsOfAccount(row as Row & Standing, reader);
}
