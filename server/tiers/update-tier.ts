import { literal, type Transaction } from 'sequelize';
import type { z } from 'zod';
import { linkBoundsFaults, type UpdateTierInput, updateTierSchema } from '../../core/contracts/tier.ts';
import { AppError, invalidField } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import { createRecipe, recipeId } from '../../core/thumbnails/recipe.ts';
import { changesBetween, type RecordAudit } from '../audit/record-audit.ts';
import { withConstraintWords } from '../db/constraint-errors.ts';
import { requireVersion } from '../db/require-version.ts';
import type { EnqueueJob } from '../jobs/enqueue-job.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database, Models } from '../models.ts';
import type { TierModel } from './tier.model.ts';
import { staysDefault } from './tier-rules.ts';
import { lockTiers, noTier, tierFacts, tierWords } from './tier-words.ts';

export interface UpdateTierDeps extends Database {
  recordAudit: RecordAudit;
  /** Gets `tier-changed` with `{ tierId }` when other thumbnails are to be made. */
  enqueueJob: EnqueueJob;
}

type Changes = Omit<z.output<typeof updateTierSchema>, 'version'>;

/**
 * Changes what is given of a tier, for staff with `tiers.change`; it counts from the next request, for old images too.
 * The default is given to another tier, never just taken away. `invalid_request`, `name_taken`, `conflict` when
 * `version` is not the tier's any more.
 */
export function updateTierOf({ sequelize, models, recordAudit, enqueueJob }: UpdateTierDeps) {
  return async (
    actor: Actor | null,
    tierId: string,
    given: UpdateTierInput,
    origin: Origin | null,
  ): Promise<TierModel> => {
    requirePermission(actor, 'tiers.change');
    const { version, ...changes } = parseInput(updateTierSchema, given);
    return sequelize.transaction(async (transaction) => {
      await lockTiers(sequelize, transaction);
      const tier = await models.Tier.findByPk(tierId, { transaction });
      if (!tier) throw noTier();
      requireVersion(tier, version);
      requireFit(tier, changes);
      const from = tierFacts(tier);
      const oldRecipe = recipeId(createRecipe(tier));
      if (Object.keys(changesBetween(from, { ...from, ...changes })).length === 0) return tier;

      if (changes.isDefault && !tier.isDefault) await takeDefaultAway(models, transaction);
      await withConstraintWords(tierWords, () => tier.update({ ...changes, updatedAt: new Date() }, { transaction }));
      await tier.update({ version: literal('version + 1') }, { transaction });
      await tier.reload({ transaction });
      await recordAudit(
        {
          actor,
          action: 'change',
          resource: 'tiers',
          recordId: tierId,
          recordTitle: from.name,
          changes: changesBetween(from, tierFacts(tier)),
          origin,
        },
        transaction,
      );
      if (recipeId(createRecipe(tier)) !== oldRecipe) {
        await enqueueJob('tier-changed', { tierId }, { createdBy: actor?.accountId ?? null, transaction });
      }
      return tier;
    });
  };
}

function requireFit(tier: TierModel, changes: Changes): void {
  if (changes.isDefault === false && staysDefault(tier)) {
    throw invalidField('isDefault', 'One tier has to be the default. Make another tier the default instead.');
  }
  const errors = linkBoundsFaults({
    expiringLinkMinSeconds: changes.expiringLinkMinSeconds ?? tier.expiringLinkMinSeconds,
    expiringLinkMaxSeconds: changes.expiringLinkMaxSeconds ?? tier.expiringLinkMaxSeconds,
  });
  const [fault] = errors;
  if (fault) throw new AppError('invalid_request', `${fault.path}: ${fault.message}`, { errors });
}

async function takeDefaultAway(models: Models, transaction: Transaction): Promise<void> {
  await models.Tier.update(
    { isDefault: false, version: literal('version + 1') },
    { where: { isDefault: true }, transaction },
  );
}
