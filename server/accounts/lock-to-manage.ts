import type { Transaction } from 'sequelize';
import type { Actor } from '../kernel/actor.ts';
import type { Permission } from '../kernel/permissions.ts';
import type { Models } from '../models.ts';
import type { AccountModel } from './account.model.ts';
import { loadAccount, requireToManage } from './account-rights.ts';
import { noAccount } from './get-account.ts';
import { reloadActor } from './load-actor.ts';

export interface LockToManage {
  actor: Actor | null;
  /** Null when the actor needs none. */
  permission: Permission | null;
  accountId: string;
  isForDeletion?: boolean;
}

/**
 * Locks an account that somebody else is about to change, and reads it and the actor again: a request may have waited
 * for a slow body, for a hash or for this very lock, and meanwhile either of them may have changed. `not_found`,
 * `permission_denied`, `token_not_valid`.
 */
export async function lockToManage(
  models: Models,
  { actor, permission, accountId, isForDeletion = false }: LockToManage,
  transaction: Transaction,
): Promise<{ actor: Actor | null; account: AccountModel }> {
  const lock = isForDeletion ? transaction.LOCK.UPDATE : transaction.LOCK.NO_KEY_UPDATE;
  await models.Account.findByPk(accountId, { attributes: ['id'], transaction, lock });
  const actorNow = await reloadActor(actor, permission, transaction);
  const account = await loadAccount(models, accountId, transaction);
  if (!account) throw noAccount();
  await requireToManage(actorNow, account, models, transaction);
  return { actor: actorNow, account };
}
