import { literal } from 'sequelize';
import { type UpdateGroupInput, updateGroupSchema } from '../../core/contracts/group.ts';
import { parseInput } from '../../core/parse-input.ts';
import { changesBetween } from '../audit/record-audit.ts';
import { withConstraintWords } from '../db/constraint-errors.ts';
import { requireVersion } from '../db/require-version.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { GroupDeps } from './create-group.ts';
import type { GroupModel } from './group.model.ts';
import { groupWords, lockGroup, replaceGroupPermissions } from './group-rights.ts';
import { reloadActor } from './load-actor.ts';

/**
 * Changes what is given of a group, for staff with `groups.change`, who have what comes or goes themselves.
 * `invalid_request`, `name_taken`, `conflict` when `version` is not the group's any more.
 */
export function updateGroupOf({ sequelize, models, recordAudit }: GroupDeps) {
  return async (
    asker: Actor | null,
    groupId: string,
    given: UpdateGroupInput,
    origin: Origin | null,
  ): Promise<GroupModel> => {
    requirePermission(asker, 'groups.change');
    const { version, ...changes } = parseInput(updateGroupSchema, given);
    return sequelize.transaction(async (transaction) => {
      const { group, permissions } = await lockGroup(models, groupId, transaction);
      const actor = await reloadActor(asker, 'groups.change', transaction);
      requireVersion(group, version);
      const from = { name: group.name, permissions };
      const to = { ...from, ...changes };
      const difference = changesBetween(from, to);
      if (Object.keys(difference).length === 0) return group;

      await replaceGroupPermissions(
        { actor, groupId, from: from.permissions, to: to.permissions },
        models,
        transaction,
      );
      await withConstraintWords(groupWords, () =>
        models.Group.update(
          { name: to.name, version: literal('version + 1'), updatedAt: new Date() },
          { where: { id: groupId }, transaction },
        ),
      );
      await recordAudit(
        {
          actor,
          action: 'change',
          resource: 'groups',
          recordId: groupId,
          recordTitle: from.name,
          changes: difference,
          origin,
        },
        transaction,
      );
      return group.reload({ transaction });
    });
  };
}
