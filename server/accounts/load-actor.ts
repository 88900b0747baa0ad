import type { Sequelize, Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import { type Permission, requirePermission } from '../kernel/permissions.ts';
import { findActor } from './account-table.ts';

export type LoadActor = (accountId: string, transaction?: Transaction) => Promise<Actor | null>;

/** Who an account is at this moment, in one statement. Null when it is unknown or inactive. */
export function loadActorOf({ sequelize }: { sequelize: Sequelize }): LoadActor {
  return (accountId, transaction) => loadActor(transaction ?? sequelize, accountId);
}

async function loadActor(on: Sequelize | Transaction, accountId: string): Promise<Actor | null> {
  const row = await findActor(on, accountId);
  return row && Object.freeze({ ...row, permissions: new Set(row.permissions), tier: Object.freeze(row.tier) });
}

/**
 * The actor as they are now, for what is done after a wait: rights can be taken away in the meantime. `token_not_valid`
 * when what they logged in with has been revoked, `permission_denied`. A null actor is the service itself.
 */
export async function reloadActor(
  actor: Actor | null,
  permission: Permission | null,
  transaction: Transaction,
): Promise<Actor | null> {
  if (actor === null) return null;
  const now = await loadActor(transaction, actor.accountId);
  if (now?.tokenGeneration !== actor.tokenGeneration) {
    throw new AppError('token_not_valid', 'Your session has ended. Log in again.');
  }
  if (permission) requirePermission(now, permission);
  return now;
}
