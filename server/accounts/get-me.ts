import type { Sequelize } from 'sequelize';
import type { Me } from '../../core/contracts/user.ts';
import { AppError } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import { presentTier } from '../tiers/tier.presenter.ts';
import { findAccountUsage } from './account-table.ts';

/** The actor's own account, with what it may do and what it uses: stored originals, without running uploads. */
export function getMeOf({ sequelize }: { sequelize: Sequelize }) {
  return async function getMe({ accountId, username, tier }: Actor): Promise<Me> {
    const account = await findAccountUsage(sequelize, accountId);
    if (!account) throw new AppError('token_not_valid', 'This account no longer exists. Log in again.');
    const { email, images, bytes, tierIsDefault } = account;
    return {
      id: accountId,
      username,
      email,
      tier: presentTier({ ...tier, isDefault: tierIsDefault }),
      usage: { images, bytes },
    };
  };
}
