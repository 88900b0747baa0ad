import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { AppError } from '../../../core/errors.ts';

export interface Reservation {
  /** Bytes that would be good to have. */
  wanted: number;
  /** Bytes without which it makes no sense; fewer is `quota_exceeded`. */
  atLeast: number;
  /** Bytes that the upload has already. */
  held?: number;
}

/**
 * Takes bytes of an account's quota for an upload and answers with how many it got: as many as are wanted, or as are
 * left. The caller has locked the account's row, so uploads side by side never take the same byte. (Locking and joining
 * in one statement would find nobody when the account gets another tier just then: the tier that was joined first no
 * longer fits, and PostgreSQL does not look for the new one.)
 * Throws `quota_exceeded`, or `token_not_valid` when the account is gone or inactive.
 */
export async function reserveBytes(
  sequelize: Sequelize,
  accountId: string,
  { wanted, atLeast, held = 0 }: Reservation,
  transaction: Transaction,
): Promise<number> {
  const [account] = await sequelize.query<{ isActive: boolean; usedBytes: number; quotaBytes: number | null }>(
    `SELECT account.is_active AS "isActive", account.used_bytes AS "usedBytes", tier.quota_bytes AS "quotaBytes"
     FROM accounts account JOIN tiers tier ON tier.id = account.tier_id
     WHERE account.id = $1`,
    { type: QueryTypes.SELECT, bind: [accountId], transaction },
  );
  if (!account?.isActive) throw accountEnded();
  const left = account.quotaBytes === null ? wanted : Math.max(0, account.quotaBytes - account.usedBytes);
  const granted = Math.min(wanted, left);
  if (granted < atLeast) throw quotaExceeded(account.quotaBytes ?? 0, left + held);
  await giveBytes(sequelize, accountId, -granted, transaction);
  return granted;
}

/** Gives bytes of the quota back; a negative number takes them. */
export async function giveBytes(
  sequelize: Sequelize,
  accountId: string,
  bytes: number,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query('UPDATE accounts SET used_bytes = GREATEST(0, used_bytes - $2::bigint) WHERE id = $1', {
    type: QueryTypes.UPDATE,
    bind: [accountId, bytes],
    transaction,
  });
}

export function accountEnded(): AppError {
  return new AppError('token_not_valid', 'The account was deactivated or deleted meanwhile.');
}

function quotaExceeded(quotaBytes: number, leftBytes: number): AppError {
  return new AppError(
    'quota_exceeded',
    `The tier keeps ${quotaBytes} bytes of originals, and ${leftBytes} of them are free. Delete images, or ask for a larger tier.`,
  );
}
