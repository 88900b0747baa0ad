import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission, requireToHold } from '../kernel/permissions.ts';
import type { GroupDeps } from './create-group.ts';
import { lockGroup } from './group-rights.ts';
import { reloadActor } from './load-actor.ts';

/** Deletes a group, for staff with `groups.delete`, who have what it permits themselves. Its members stay. */
export function deleteGroupOf({ sequelize, models, recordAudit }: GroupDeps) {
  return async (asker: Actor | null, groupId: string, origin: Origin | null): Promise<void> => {
    requirePermission(asker, 'groups.delete');
    await sequelize.transaction(async (transaction) => {
      const { group, permissions } = await lockGroup(models, groupId, transaction);
      const actor = await reloadActor(asker, 'groups.delete', transaction);
      requireToHold(actor, permissions, 'permissions');
      const members = await models.AccountGroup.count({ where: { groupId }, transaction });
      await group.destroy({ transaction });
      await recordAudit(
        {
          actor,
          action: 'delete',
          resource: 'groups',
          recordId: groupId,
          recordTitle: group.name,
          changes: { permissions: { from: permissions }, members: { from: members } },
          origin,
        },
        transaction,
      );
    });
  };
}
