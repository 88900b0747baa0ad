import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';

/**
 * Every advisory lock of the service. A lock's number is its place in this list, so no two locks share one. Add new locks
 * at the end: servers of two versions can run at the same time and must agree on the numbers.
 */
const advisoryLocks = ['migrations', 'superusers', 'tiers', 'installation'] as const;

export type AdvisoryLock = (typeof advisoryLocks)[number];

const firstNumber = 7_201_126;

/** The number of a lock, as PostgreSQL knows it. */
export function advisoryLockNumber(lock: AdvisoryLock): number {
  return firstNumber + advisoryLocks.indexOf(lock);
}

/** Waits for the lock, and holds it until the transaction ends. */
export async function takeAdvisoryLock(
  sequelize: Sequelize,
  lock: AdvisoryLock,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query('SELECT pg_advisory_xact_lock($1)', { bind: [advisoryLockNumber(lock)], transaction });
}

/** Holds the lock until the transaction ends; false, without waiting, when somebody else holds it. */
export async function tryAdvisoryLock(
  sequelize: Sequelize,
  lock: AdvisoryLock,
  transaction: Transaction,
): Promise<boolean> {
  const [row] = await sequelize.query<{ isOurs: boolean }>('SELECT pg_try_advisory_xact_lock($1) AS "isOurs"', {
    type: QueryTypes.SELECT,
    bind: [advisoryLockNumber(lock)],
    transaction,
  });
  return row?.isOurs === true;
}
