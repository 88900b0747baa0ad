import { QueryTypes, type Sequelize } from 'sequelize';

const atOnce = 5_000;

/** Table, and the condition under which a row of it is of no use any more. Objects in the store are never meant here. */
const expired: readonly { table: string; where: string }[] = [
  { table: 'refresh_tokens', where: 'expires_at < now()' },
  {
    table: 'idempotency_keys',
    where: `created_at < now() - interval '24 hours'`,
  },
  // An hour more than a listener may stay away, so that one who comes back in time finds all of them.
  { table: 'image_events', where: `created_at < now() - interval '25 hours'` },
  { table: 'rate_limits', where: 'expire < extract(epoch FROM now()) * 1000' },
  {
    table: 'expiring_links',
    where: `(expires_at < now() - interval '30 days' OR revoked_at < now() - interval '30 days')`,
  },
  { table: 'jobs', where: `finished_at < now() - interval '30 days'` },
];

/** Deletes rows whose time is over, in small steps; answers how many. Several servers may do it at once. */
export function purgeExpiredOf({ sequelize }: { sequelize: Sequelize }) {
  return async (signal: AbortSignal): Promise<{ purged: number }> => {
    let purged = 0;
    for (const { table, where } of expired) {
      for (let count = atOnce; count === atOnce && !signal.aborted; purged += count) {
        count = await purgeSome(sequelize, table, where);
      }
    }
    return { purged };
  };
}

async function purgeSome(sequelize: Sequelize, table: string, where: string): Promise<number> {
  const rows = await sequelize.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
       SELECT ctid FROM ${table} WHERE ${where} LIMIT ${atOnce} FOR UPDATE SKIP LOCKED))
     RETURNING 1`,
    { type: QueryTypes.SELECT },
  );
  return rows.length;
}
