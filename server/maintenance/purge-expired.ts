import { QueryTypes, type Sequelize } from 'sequelize';
import { advisoryLockSql } from '../db/advisory-locks.ts';

const atOnce = 1_000;
/** Batches of one rule in a round; the other rules and other work get their turn before it goes on. */
const maxBatches = 20;

interface Rule {
  table: string;
  /** A time with an index that begins with it. */
  column: string;
  /** SQL: rows from before this moment are of no use any more. */
  before: string;
  /** SQL: a further condition, which the index has too. */
  only?: string;
}

/** Objects in the store are never meant here. */
const rules: readonly Rule[] = [
  { table: 'refresh_tokens', column: 'expires_at', before: 'now()' },
  // Used again after this, the token itself tells which family to end. An hour is longer than any REFRESH_GRACE_SECONDS.
  // Revoked ones stay until they expire: they are what ends a family.
  {
    table: 'refresh_tokens',
    column: 'used_at',
    before: `now() - interval '1 hour'`,
    only: 'used_at IS NOT NULL AND revoked_at IS NULL AND names_family',
  },
  { table: 'idempotency_keys', column: 'created_at', before: `now() - interval '24 hours'` },
  // An hour more than a listener may stay away, so that one who comes back in time finds all of them.
  { table: 'image_events', column: 'created_at', before: `now() - interval '25 hours'` },
  // Of the column's type: a comparison of another one would not use the index.
  { table: 'rate_limits', column: 'expire', before: '(extract(epoch FROM now()) * 1000)::bigint' },
  { table: 'expiring_links', column: 'expires_at', before: `now() - interval '30 days'` },
  {
    table: 'expiring_links',
    column: 'revoked_at',
    before: `now() - interval '30 days'`,
    only: 'revoked_at IS NOT NULL',
  },
  { table: 'jobs', column: 'finished_at', before: `now() - interval '30 days'`, only: 'finished_at IS NOT NULL' },
  { table: 'sessions', column: 'expire', before: 'localtimestamp' },
];

/**
 * Deletes rows whose time is over, in small steps, one server at a time: the others find nothing to do. Answers how many,
 * and whether there may be more.
 */
export function purgeExpiredOf({ sequelize }: { sequelize: Sequelize }) {
  return async (signal: AbortSignal): Promise<{ purged: number; more: boolean }> => {
    let purged = 0;
    let more = false;
    for (const rule of rules) {
      let count = atOnce;
      for (let batch = 0; count === atOnce && batch < maxBatches && !signal.aborted; batch += 1) {
        count = await purgeSome(sequelize, rule);
        purged += count;
      }
      more ||= count === atOnce;
    }
    return { purged, more };
  };
}

async function purgeSome(sequelize: Sequelize, { table, column, before, only = 'true' }: Rule): Promise<number> {
  return sequelize.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table} WHERE ${column} < ${before} AND ${only} AND (SELECT ${advisoryLockSql('purge')})
       ORDER BY ${column} LIMIT ${atOnce} FOR UPDATE SKIP LOCKED))`,
    { type: QueryTypes.BULKDELETE },
  );
}
