import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import { takeAdvisoryLock } from '../db/advisory-locks.ts';

/**
 * Until the end of the transaction nobody else takes a superuser away, or makes the first one. To be taken before any
 * row is locked.
 */
export async function lockSuperusers(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await takeAdvisoryLock(sequelize, 'superusers', transaction);
}

/** Whether there is an active superuser beside this account. Exact while `lockSuperusers` holds. */
export async function isThereAnotherSuperuser(
  sequelize: Sequelize,
  accountId: string,
  transaction: Transaction,
): Promise<boolean> {
  const others = await sequelize.query('SELECT 1 FROM accounts WHERE is_superuser AND is_active AND id <> $1 LIMIT 1', {
    type: QueryTypes.SELECT,
    bind: [accountId],
    transaction,
  });
  return others.length > 0;
}

export function lastSuperuser(): AppError {
  return new AppError('last_superuser', 'This is the last active superuser. Make somebody else a superuser first.');
}
