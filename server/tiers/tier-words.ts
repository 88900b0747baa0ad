import type { Sequelize, Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import { takeAdvisoryLock } from '../db/advisory-locks.ts';
import type { ConstraintWords } from '../db/constraint-errors.ts';
import type { TierModel } from './tier.model.ts';
import { presentTier } from './tier.presenter.ts';

export const tierWords: ConstraintWords = {
  unique: { path: 'name', message: 'There is a tier with this name. Choose another one.' },
};

/** What the log keeps of a tier. */
export function tierFacts(tier: TierModel) {
  const { id: _, ...facts } = presentTier(tier);
  return facts;
}

export function noTier(): AppError {
  return new AppError('not_found', 'There is no such tier.');
}

/** Changes of tiers go one after the other, so that one of them is the default at any time. */
export async function lockTiers(sequelize: Sequelize, transaction: Transaction): Promise<void> {
  await takeAdvisoryLock(sequelize, 'tiers', transaction);
}
