import { literal, type Transaction } from 'sequelize';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import { isOwn } from './account-limits.ts';
import { lockToManage } from './lock-to-manage.ts';

/** Ends all tokens and sessions of an account: no request that comes after the commit gets in by any of them. */
export async function endAccess(
  { sequelize, models }: Database,
  accountId: string,
  transaction: Transaction,
): Promise<void> {
  await models.Account.update(
    { tokenGeneration: literal('token_generation + 1') },
    { where: { id: accountId }, transaction },
  );
  await models.RefreshToken.update({ revokedAt: new Date() }, { where: { accountId, revokedAt: null }, transaction });
  await sequelize.query(`DELETE FROM sessions WHERE sess ->> 'accountId' = $1`, { bind: [accountId], transaction });
}

export interface EndSessionsDeps extends Database {
  recordAudit: RecordAudit;
}

/** Logs somebody out everywhere: oneself, or anybody for staff with `users.change`. The password stays. */
export function endSessionsOf(deps: EndSessionsDeps) {
  return async (actor: Actor | null, accountId: string, origin: Origin | null): Promise<void> => {
    const permission = isOwn(actor, accountId) ? null : 'users.change';
    if (permission) requirePermission(actor, permission);
    await deps.sequelize.transaction(async (transaction) => {
      const { account } = await lockToManage(deps.models, { actor, permission, accountId }, transaction);
      await endAccess(deps, accountId, transaction);
      await deps.recordAudit(
        {
          actor,
          action: 'end_sessions',
          resource: 'users',
          recordId: accountId,
          recordTitle: account.username,
          origin,
        },
        transaction,
      );
    });
  };
}
