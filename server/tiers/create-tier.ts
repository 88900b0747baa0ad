import type { Transaction } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import type { z } from 'zod';
import { type CreateTierInput, createTierSchema } from '../../core/contracts/tier.ts';
import { parseInput } from '../../core/parse-input.ts';
import { changesBetween, type RecordAudit } from '../audit/record-audit.ts';
import { withConstraintWords } from '../db/constraint-errors.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { TierModel } from './tier.model.ts';
import { lockTiers, tierFacts, tierWords } from './tier-words.ts';

export interface CreateTierDeps extends Database {
  recordAudit: RecordAudit;
}

/**
 * Makes a tier, for staff with `tiers.add` or the service itself. A new default takes the place of the old one; the
 * first tier of all is the default. `invalid_request`, `name_taken`.
 */
export function createTierOf(deps: CreateTierDeps) {
  return async (actor: Actor | null, given: CreateTierInput, origin: Origin | null): Promise<TierModel> => {
    requirePermission(actor, 'tiers.add');
    const input = parseInput(createTierSchema, given);
    return deps.sequelize.transaction(async (transaction) => {
      await lockTiers(deps.sequelize, transaction);
      return insertTier(deps, { actor, input, origin }, transaction);
    });
  };
}

interface NewTier {
  actor: Actor | null;
  input: z.output<typeof createTierSchema>;
  origin: Origin | null;
}

/** While `lockTiers` holds. */
export async function insertTier(
  { models, recordAudit }: CreateTierDeps,
  { actor, input, origin }: NewTier,
  transaction: Transaction,
): Promise<TierModel> {
  const old = await models.Tier.findOne({ where: { isDefault: true }, transaction });
  const isDefault = input.isDefault || old === null;
  if (isDefault) await old?.update({ isDefault: false }, { transaction });
  const tier = await withConstraintWords(tierWords, () =>
    models.Tier.create({ ...input, isDefault, id: uuidV7() }, { transaction }),
  );
  await recordAudit(
    {
      actor,
      action: 'add',
      resource: 'tiers',
      recordId: tier.id,
      recordTitle: tier.name,
      changes: changesBetween<Partial<ReturnType<typeof tierFacts>>>({}, tierFacts(tier)),
      origin,
    },
    transaction,
  );
  return tier;
}
