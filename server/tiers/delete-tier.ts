import type { Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import { isForeignKeyViolation } from '../db/constraint-errors.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Models } from '../models.ts';
import { type MoveAccountsDeps, moveAccounts } from './move-accounts.ts';
import { lockTiers, noTier, tierFacts } from './tier-words.ts';

export interface DeleteTierDeps extends MoveAccountsDeps {
  recordAudit: RecordAudit;
}

/**
 * Deletes a tier that no account has, for staff with `tiers.delete`; with `moveAccountsTo`, the accounts get that tier
 * in the same transaction. `in_use`, with `accounts` in the problem, when some have it, or it is the default.
 */
export function deleteTierOf(deps: DeleteTierDeps) {
  const { sequelize, models, recordAudit } = deps;
  return async (
    actor: Actor | null,
    tierId: string,
    origin: Origin | null,
    { moveAccountsTo }: { moveAccountsTo?: string } = {},
  ): Promise<void> => {
    requirePermission(actor, 'tiers.delete');
    await sequelize.transaction(async (transaction) => {
      await lockTiers(sequelize, transaction);
      const tier = await models.Tier.findByPk(tierId, { transaction });
      if (!tier) throw noTier();
      if (tier.isDefault) {
        throw new AppError('in_use', 'New accounts get this tier. Make another tier the default first.', {
          extra: { accounts: await countAccounts(models, tierId, transaction) },
        });
      }
      if (moveAccountsTo !== undefined) {
        await moveAccounts(deps, { actor, fromTierId: tierId, toTierId: moveAccountsTo, origin }, transaction);
      }
      const accounts = await countAccounts(models, tierId, transaction);
      if (accounts > 0) throw inUse(accounts);
      await tier.destroy({ transaction }).catch((error: unknown) => {
        // An account came to this tier since they were counted.
        throw isForeignKeyViolation(error) ? inUse(1) : error;
      });
      const changes = Object.fromEntries(Object.entries(tierFacts(tier)).map(([name, from]) => [name, { from }]));
      await recordAudit(
        { actor, action: 'delete', resource: 'tiers', recordId: tierId, recordTitle: tier.name, changes, origin },
        transaction,
      );
    });
  };
}

function countAccounts(models: Models, tierId: string, transaction: Transaction): Promise<number> {
  return models.Account.count({ where: { tierId }, transaction });
}

function inUse(accounts: number): AppError {
  const have = accounts === 1 ? 'One account has' : `${accounts} accounts have`;
  return new AppError('in_use', `${have} this tier. Give them another one first.`, { extra: { accounts } });
}
