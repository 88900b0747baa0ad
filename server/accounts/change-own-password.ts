import type { Transaction } from 'sequelize';
import { changePasswordSchema } from '../../core/contracts/user.ts';
import { AppError, invalidField } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Database } from '../db/models.ts';
import type { AccountModel } from './account.model.ts';
import type { Actor, Origin } from './actor.ts';
import { hashNew } from './create-account.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';
import { storePassword } from './set-password.ts';

export interface ChangeOwnPasswordDeps extends Database {
  passwords: Passwords;
  throttle: LoginThrottle;
  recordAudit: RecordAudit;
}

/**
 * Changes the actor's own password, given the current one. Wrong ones count as failed logins. Ends all tokens and
 * sessions; the account that comes back carries the generation that new ones need. `invalid_request` at `current`,
 * `weak_password` at `new`, `rate_limited`.
 */
export function changeOwnPasswordOf(deps: ChangeOwnPasswordDeps) {
  const { sequelize, models, passwords, throttle } = deps;
  return async (actor: Actor, given: { current: string; new: string }, origin: Origin): Promise<AccountModel> => {
    const input = parseInput(changePasswordSchema, given);
    const account = await models.Account.findByPk(actor.accountId);
    if (!account?.isActive) throw new AppError('token_not_valid', 'This account is gone. Log in again.');
    const isRight = await throttle.attempt({ account: account.id, address: origin.address }, async () =>
      (await passwords.verify(account.passwordHash, input.current)) ? true : null,
    );
    if (!isRight) throw invalidField('current', 'This is not your current password.');
    if (input.new === input.current) throw weak('Choose a password that differs from the current one.');

    const passwordHash = await hashNew(passwords, input.new, account.username).catch((error) => {
      throw error instanceof AppError && error.code === 'weak_password' ? weak(error.detail) : error;
    });
    return sequelize.transaction(async (transaction) => {
      await requireUnchanged(deps, account, transaction);
      await storePassword(deps, account.id, passwordHash, transaction);
      await deps.recordAudit(
        {
          actor,
          action: 'change_own_password',
          resource: 'users',
          recordId: account.id,
          recordTitle: account.username,
          origin,
        },
        transaction,
      );
      return account.reload({ transaction });
    });
  };
}

/** Of two changes at once with the same current password, one is too late. */
async function requireUnchanged({ models }: Database, account: AccountModel, transaction: Transaction): Promise<void> {
  const { NO_KEY_UPDATE } = transaction.LOCK;
  const now = await models.Account.findByPk(account.id, { transaction, lock: NO_KEY_UPDATE });
  if (now?.passwordHash !== account.passwordHash) throw invalidField('current', 'This is not your current password.');
}

function weak(message: string): AppError {
  return new AppError('weak_password', message, { errors: [{ path: 'new', message }] });
}
