import { QueryTypes, type Sequelize } from 'sequelize';
import { z } from 'zod';
import { lockAccount } from '../accounts/account-table.ts';
import { imagesWithTierSql, lacksThumbnailsSql } from '../images/missing-thumbnails.ts';
import { recordImageChange } from '../images/record-image-change.ts';

/** Which images are meant. */
export const scopeSchema = z.discriminatedUnion('which', [
  z.object({ which: z.literal('all') }),
  z.object({ which: z.literal('failed') }),
  z.object({ which: z.literal('owner'), ownerId: z.uuid() }),
  z.object({ which: z.literal('tier'), tierId: z.uuid() }),
]);
export type Scope = z.infer<typeof scopeSchema>;

/** `$1` is the id that the scope names; without one it is not read. */
function scopeSql(scope: Scope): string {
  switch (scope.which) {
    case 'all':
      return '$1::uuid IS NULL';
    case 'failed':
      return `$1::uuid IS NULL AND image.status = 'failed'`;
    case 'owner':
      return 'image.owner_id = $1';
    case 'tier':
      return 'account.tier_id = $1';
  }
}

function scopeId(scope: Scope): string | null {
  if (scope.which === 'owner') return scope.ownerId;
  return scope.which === 'tier' ? scope.tierId : null;
}

export interface Batch {
  /** The last image that was looked at. */
  last: string;
  /** There may be more behind it. */
  more: boolean;
  /** How many of them are due now. */
  marked: number;
}

interface BatchRow {
  id: string;
  ownerId: string;
  isFailed: boolean;
  lacks: boolean;
}

/**
 * Makes the next images of a scope due, in the order of their ids: those that lack something that their tier has, or,
 * with `remakeBefore`, all of which something was made before that moment. Doing it twice does no more than once.
 */
export async function markDue(
  sequelize: Sequelize,
  scope: Scope,
  { after, limit, remakeBefore }: { after: string; limit: number; remakeBefore: Date | null },
): Promise<Batch> {
  const rows = await sequelize.query<BatchRow>(
    `SELECT image.id, image.owner_id AS "ownerId", image.status = 'failed' AS "isFailed", ${lacksThumbnailsSql} AS lacks
     FROM ${imagesWithTierSql}
     WHERE ${scopeSql(scope)} AND image.state = 'stored' AND image.id > $2 ORDER BY image.id LIMIT $3`,
    { type: QueryTypes.SELECT, bind: [scopeId(scope), after, limit] },
  );
  const seen = { last: rows.at(-1)?.id ?? after, more: rows.length === limit };
  if (!remakeBefore) {
    const lacking = rows.filter((row) => row.lacks).map((row) => row.id);
    return { ...seen, marked: await makeDue(sequelize, lacking) };
  }
  const whole = rows.filter((row) => !row.isFailed).map((row) => row.id);
  let marked = await remake(sequelize, whole, remakeBefore);
  const failed = rows.filter((row) => row.isFailed);
  for (const ownerId of new Set(failed.map((row) => row.ownerId))) {
    const ids = failed.filter((row) => row.ownerId === ownerId).map((row) => row.id);
    marked += await retryFailed(sequelize, { ownerId, ids, remakeBefore });
  }
  return { ...seen, marked };
}

/** Locked in the order of their ids, so that two who do this never wait in a circle. */
const lockedSql = (where: string) =>
  `SELECT id FROM images WHERE id = ANY ($1::uuid[]) AND ${where} ORDER BY id FOR UPDATE`;

async function makeDue(sequelize: Sequelize, ids: string[]): Promise<number> {
  const rows = await sequelize.query(
    `UPDATE images SET work_due_at = now(), attempts = 0 WHERE id IN (${lockedSql('true')}) RETURNING id`,
    { type: QueryTypes.SELECT, bind: [ids] },
  );
  return rows.length;
}

async function remake(sequelize: Sequelize, ids: string[], before: Date): Promise<number> {
  const rows = await sequelize.query(
    `UPDATE images SET work_due_at = now(), attempts = 0, crash_count = 0, stale_before = $2
     WHERE id IN (${lockedSql(`status <> 'failed' AND (stale_before IS NULL OR stale_before < $2)`)}) RETURNING id`,
    { type: QueryTypes.SELECT, bind: [ids, before] },
  );
  return rows.length;
}

async function retryFailed(
  sequelize: Sequelize,
  { ownerId, ids, remakeBefore }: { ownerId: string; ids: string[]; remakeBefore: Date },
): Promise<number> {
  return sequelize.transaction(async (transaction) => {
    await lockAccount(transaction, ownerId);
    const rows = await sequelize.query<{ id: string }>(
      `UPDATE images SET status = 'processing', failure_code = NULL, failure_message = NULL, updated_at = now(),
         work_due_at = now(), attempts = 0, crash_count = 0, stale_before = $2
       WHERE id IN (${lockedSql(`status = 'failed' AND (stale_before IS NULL OR stale_before < $2)`)}) RETURNING id`,
      { type: QueryTypes.SELECT, bind: [ids, remakeBefore], transaction },
    );
    const imageIds = rows.map((row) => row.id);
    await recordImageChange(transaction, { ownerId, imageIds });
    return rows.length;
  });
}

/** Vain attempts after which a job does not wait for an image any longer; the sweep goes on with it. */
const patience = 5;

/** How many images of a scope, up to this id, the function still has to bring. */
export async function countDue(
  sequelize: Sequelize,
  scope: Scope,
  { upTo, remakeBefore }: { upTo: string; remakeBefore: Date | null },
): Promise<number> {
  const isInScope = scopeSql(scope.which === 'failed' ? { which: 'all' } : scope);
  const rows = await sequelize.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM images image JOIN accounts account ON account.id = image.owner_id
     WHERE ${isInScope} AND image.work_due_at IS NOT NULL AND image.attempts <= ${patience} AND image.id <= $2
       AND ($3::timestamptz IS NULL OR image.stale_before = $3)`,
    { type: QueryTypes.SELECT, bind: [scopeId(scope), upTo, remakeBefore] },
  );
  return rows[0]?.count ?? 0;
}
