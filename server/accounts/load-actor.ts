import type { Sequelize } from 'sequelize';
import { findActor } from './account-table.ts';
import type { Actor } from './actor.ts';

export type LoadActor = (accountId: string) => Promise<Actor | null>;

/** Who an account is at this moment, in one statement. Null when it is unknown or inactive. */
export function loadActorOf({ sequelize }: { sequelize: Sequelize }): LoadActor {
  return async function loadActor(accountId) {
    const row = await findActor(sequelize, accountId);
    return row && Object.freeze({ ...row, permissions: new Set(row.permissions), tier: Object.freeze(row.tier) });
  };
}
