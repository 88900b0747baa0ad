import type { Client } from 'pg';
import type { Sequelize, Transaction } from 'sequelize';

/**
 * Every advisory lock of the service. A lock's number is its place in this list, so no two locks share one. Add new locks
 * at the end: servers of two versions can run at the same time and must agree on the numbers.
 */
const advisoryLocks = ['migrations', 'superusers', 'tiers', 'installation', 'purge', 'log-retention'] as const;

export type AdvisoryLock = (typeof advisoryLocks)[number];

const firstNumber = 7_201_126;

function numberOf(lock: AdvisoryLock): number {
  return firstNumber + advisoryLocks.indexOf(lock);
}

/** Waits for the lock, and holds it until the transaction ends. */
export async function takeAdvisoryLock(
  sequelize: Sequelize,
  lock: AdvisoryLock,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query('SELECT pg_advisory_xact_lock($1)', { bind: [numberOf(lock)], transaction });
}

/** SQL: true when the lock is ours, until the transaction ends; false, without waiting, when somebody else holds it. */
export function advisoryLockSql(lock: AdvisoryLock): string {
  return `pg_try_advisory_xact_lock(${numberOf(lock)})`;
}

/** Holds the lock until the connection ends; false, without waiting, when somebody else holds it. */
export async function tryAdvisoryLockOfConnection(client: Client, lock: AdvisoryLock): Promise<boolean> {
  const { rows } = await client.query<{ isOurs: boolean }>('SELECT pg_try_advisory_lock($1) AS "isOurs"', [
    numberOf(lock),
  ]);
  return rows[0]?.isOurs === true;
}

/** False also when a pooler has put another connection in its place. */
export async function doesConnectionHoldLock(client: Client, lock: AdvisoryLock): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_locks
     WHERE locktype = 'advisory' AND objid = $1 AND objsubid = 1 AND pid = pg_backend_pid() AND granted`,
    [numberOf(lock)],
  );
  return rows.length > 0;
}
