import { QueryTypes } from 'sequelize';
import type { Actor } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { TierModel } from './tier.model.ts';
import { noTier } from './tier-words.ts';

export interface TierWithAccounts {
  tier: TierModel;
  /** How many accounts have it. */
  accounts: number;
}

/** All tiers by name, for staff with `tiers.view`. */
export function listTiersOf({ sequelize, models }: Database) {
  return async (actor: Actor | null): Promise<TierWithAccounts[]> => {
    requirePermission(actor, 'tiers.view');
    const tiers = await models.Tier.findAll({ order: ['name'] });
    const rows = await sequelize.query<{ tierId: string; accounts: number }>(
      'SELECT tier_id AS "tierId", count(*)::int AS accounts FROM accounts GROUP BY tier_id',
      { type: QueryTypes.SELECT },
    );
    const accountsOf = new Map(rows.map(({ tierId, accounts }) => [tierId, accounts]));
    return tiers.map((tier) => ({ tier, accounts: accountsOf.get(tier.id) ?? 0 }));
  };
}

/** One tier, for staff with `tiers.view`. */
export function getTierOf({ models }: Pick<Database, 'models'>) {
  return async (actor: Actor | null, tierId: string): Promise<TierWithAccounts> => {
    requirePermission(actor, 'tiers.view');
    const tier = await models.Tier.findByPk(tierId);
    if (!tier) throw noTier();
    return { tier, accounts: await models.Account.count({ where: { tierId } }) };
  };
}
