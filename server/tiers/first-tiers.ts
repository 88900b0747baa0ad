import { type CreateTierInput, createTierSchema } from '../../core/contracts/tier.ts';
import { parseInput } from '../../core/parse-input.ts';
import { type CreateTierDeps, insertTier } from './create-tier.ts';
import type { TierModel } from './tier.model.ts';
import { lockTiers } from './tier-words.ts';

const firstTiers: readonly CreateTierInput[] = [
  { name: 'Basic', thumbnailHeights: [200], isDefault: true },
  { name: 'Premium', thumbnailHeights: [200, 400], originalLink: true },
  { name: 'Enterprise', thumbnailHeights: [200, 400], originalLink: true, expiringLink: true },
];

/** The tiers of a new installation. Does nothing when there is any tier: staff may have deleted these on purpose. */
export function ensureFirstTiers(deps: CreateTierDeps) {
  return async (): Promise<TierModel[]> =>
    deps.sequelize.transaction(async (transaction) => {
      await lockTiers(deps.sequelize, transaction);
      if ((await deps.models.Tier.count({ transaction })) > 0) return [];
      const made: TierModel[] = [];
      for (const given of firstTiers) {
        const input = parseInput(createTierSchema, given);
        made.push(await insertTier(deps, { actor: null, input, origin: null }, transaction));
      }
      return made;
    });
}
