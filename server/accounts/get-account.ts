import { AppError } from '../../core/errors.ts';
import type { Database } from '../db/models.ts';
import type { AccountModel } from './account.model.ts';
import { loadAccount } from './account-rights.ts';
import type { Actor } from './actor.ts';
import { requirePermission } from './permissions.ts';

/** An account with its tier, groups and permissions, for staff with `users.view`. */
export function getAccountOf({ models }: Pick<Database, 'models'>) {
  return async (actor: Actor | null, accountId: string): Promise<AccountModel> => {
    requirePermission(actor, 'users.view');
    const account = await loadAccount(models, accountId);
    if (!account) throw noAccount();
    return account;
  };
}

export function noAccount(): AppError {
  return new AppError('not_found', 'There is no such account.');
}
