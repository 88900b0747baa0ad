import { normalizeUsername } from '../../core/contracts/user.ts';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database, Models } from '../models.ts';
import type { AccountModel } from './account.model.ts';
import { loadAccount } from './account-rights.ts';

/** An account with its tier, groups and permissions, for staff with `users.view`. */
export function getAccountOf({ models }: Pick<Database, 'models'>) {
  return async (actor: Actor | null, accountId: string): Promise<AccountModel> => {
    requirePermission(actor, 'users.view');
    const account = await loadAccount(models, accountId);
    if (!account) throw noAccount();
    return account;
  };
}

/** The account with a username as somebody typed it: for the command line. */
export async function findAccountNamed(
  models: Pick<Models, 'Account'>,
  typed: string,
): Promise<{ id: string; username: string } | null> {
  const username = normalizeUsername(typed);
  return username === null ? null : models.Account.findOne({ where: { username }, attributes: ['id', 'username'] });
}

export function noAccount(): AppError {
  return new AppError('not_found', 'There is no such account.');
}
