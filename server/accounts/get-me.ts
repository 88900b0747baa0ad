import { QueryTypes } from 'sequelize';
import type { Me } from '../../core/contracts/user.ts';
import { AppError } from '../../core/errors.ts';
import type { Database } from '../db/models.ts';
import { presentTier } from '../tiers/tier.presenter.ts';
import type { Actor } from './actor.ts';

/** The actor's own account, with what it may do and what it uses: stored originals, without running uploads. */
export function getMeOf({ sequelize, models }: Database) {
  return async (actor: Actor): Promise<Me> => {
    const account = await models.Account.findByPk(actor.accountId, { include: ['tier'] });
    if (!account?.tier) throw new AppError('token_not_valid', 'This account is gone. Log in again.');
    const usage = await sequelize.query<Me['usage']>(
      `SELECT count(*)::int AS images, coalesce(sum(bytes), 0)::bigint AS bytes
       FROM images WHERE owner_id = $1 AND state = 'stored'`,
      { type: QueryTypes.SELECT, bind: [actor.accountId], plain: true },
    );
    return {
      id: account.id,
      username: account.username,
      email: account.email,
      tier: presentTier(account.tier),
      usage: usage ?? { images: 0, bytes: 0 },
    };
  };
}
