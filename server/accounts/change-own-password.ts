import { changePasswordSchema } from '../../core/contracts/user.ts';
import { AppError, invalidField } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import type { Database } from '../models.ts';
import type { AccountModel } from './account.model.ts';
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
 * `weak_password` at `new`, `rate_limited`; `token_not_valid` when the actor's token was revoked during all this.
 */
export function changeOwnPasswordOf(deps: ChangeOwnPasswordDeps) {
  return async (actor: Actor, given: { current: string; new: string }, origin: Origin): Promise<AccountModel> => {
    const input = parseInput(changePasswordSchema, given);
    // A login during the first try may have upgraded the hash; once upgraded, it stays.
    const changed = (await tryToChange(deps, actor, input, origin)) ?? (await tryToChange(deps, actor, input, origin));
    if (!changed) throw notCurrent();
    return changed;
  };
}

/** Null when the hash that the password was verified against is not the account's any more. */
async function tryToChange(
  { sequelize, models, passwords, throttle, recordAudit }: ChangeOwnPasswordDeps,
  actor: Actor,
  input: { current: string; new: string },
  origin: Origin,
): Promise<AccountModel | null> {
  const account = requireToken(actor, await models.Account.findByPk(actor.accountId));
  const isRight = await throttle.attempt({ account: account.id, address: origin.address }, async () =>
    (await passwords.verify(account.passwordHash, input.current)) ? true : null,
  );
  if (!isRight) throw notCurrent();
  if (input.new === input.current) throw weak('Choose a password that differs from the current one.');

  const passwordHash = await hashNew(passwords, input.new, account.username).catch((error) => {
    throw error instanceof AppError && error.code === 'weak_password' ? weak(error.detail) : error;
  });
  return sequelize.transaction(async (transaction) => {
    const { NO_KEY_UPDATE } = transaction.LOCK;
    const found = await models.Account.findByPk(actor.accountId, { transaction, lock: NO_KEY_UPDATE });
    const now = requireToken(actor, found);
    if (now.passwordHash !== account.passwordHash) return null;
    await storePassword({ sequelize, models }, now.id, passwordHash, transaction);
    await recordAudit(
      {
        actor,
        action: 'change_own_password',
        resource: 'users',
        recordId: now.id,
        recordTitle: now.username,
        origin,
      },
      transaction,
    );
    return now.reload({ transaction });
  });
}

/** The account, as long as the actor's token is good for it: of two changes at once, one is too late. */
function requireToken(actor: Actor, account: AccountModel | null): AccountModel {
  if (!account?.isActive) throw new AppError('token_not_valid', 'This account no longer exists. Log in again.');
  if (account.tokenGeneration === actor.tokenGeneration) return account;
  throw new AppError('token_not_valid', 'Your session has ended. Log in again.');
}

function notCurrent(): AppError {
  return invalidField('current', 'This is not your current password.');
}

function weak(message: string): AppError {
  return new AppError('weak_password', message, { errors: [{ path: 'new', message }] });
}
