import type { CreationAttributes } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import type { Models } from '../../../server/models.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';

let built = 0;

/** A tier in the database: 200 px, no links, unless told otherwise. */
export async function buildTier(
  models: Models,
  given: Partial<CreationAttributes<TierModel>> = {},
): Promise<TierModel> {
  built += 1;
  return models.Tier.create({ id: uuidV7(), name: `Tier ${built}`, thumbnailHeights: [200], ...given });
}
