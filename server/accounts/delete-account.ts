import type { Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import { isOwn } from './account-limits.ts';
import { lockToManage } from './lock-to-manage.ts';
import { isThereAnotherSuperuser, lastSuperuser, lockSuperusers } from './superusers.ts';

export interface DeleteAccountDeps extends Database {
  recordAudit: RecordAudit;
  /** Marks every image of an account as deleted; answers how many there were. */
  leaveTombstonesForOwner(transaction: Transaction, ownerId: string): Promise<number>;
  /** Tells the sweep that there are tombstones: objects go now rather than within a minute. */
  wakeSweep?: () => void;
}

/**
 * Deletes an account with its images, links, tokens and sessions, for staff with `users.delete`: in one transaction,
 * which leaves a tombstone for each image, so that the sweep deletes the objects. Nobody deletes themselves, nor the
 * last active superuser (`last_superuser`).
 */
export function deleteAccountOf(deps: DeleteAccountDeps) {
  const { sequelize, models, recordAudit, wakeSweep } = deps;
  return async (actor: Actor | null, accountId: string, origin: Origin | null): Promise<void> => {
    requirePermission(actor, 'users.delete');
    if (isOwn(actor, accountId)) {
      throw new AppError('permission_denied', 'You cannot delete your own account. Ask another administrator.');
    }
    await sequelize.transaction(async (transaction) => {
      await lockSuperusers(sequelize, transaction);
      // From here on no upload of this account can put in another row.
      const wanted = { actor, permission: 'users.delete', accountId, isForDeletion: true } as const;
      const { account } = await lockToManage(models, wanted, transaction);
      const isCounted = account.isSuperuser && account.isActive;
      if (isCounted && !(await isThereAnotherSuperuser(sequelize, accountId, transaction))) throw lastSuperuser();

      const images = await deps.leaveTombstonesForOwner(transaction, accountId);
      await models.Image.destroy({ where: { ownerId: accountId }, transaction });
      await sequelize.query(`DELETE FROM sessions WHERE sess ->> 'accountId' = $1`, { bind: [accountId], transaction });
      await account.destroy({ transaction });
      await recordAudit(
        {
          actor,
          action: 'delete',
          resource: 'users',
          recordId: accountId,
          recordTitle: account.username,
          changes: { images: { from: images } },
          origin,
        },
        transaction,
      );
    });
    wakeSweep?.();
  };
}
