import { v7 as uuidV7 } from 'uuid';
import { type CreateGroupInput, createGroupSchema } from '../../core/contracts/group.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import { withConstraintWords } from '../db/constraint-errors.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { GroupModel } from './group.model.ts';
import { groupWords, replaceGroupPermissions } from './group-rights.ts';
import { reloadActor } from './load-actor.ts';

export interface GroupDeps extends Database {
  recordAudit: RecordAudit;
}

/** Makes a group, for staff with `groups.add`, who have what it permits themselves. `invalid_request`, `name_taken`. */
export function createGroupOf({ sequelize, models, recordAudit }: GroupDeps) {
  return async (asker: Actor | null, given: CreateGroupInput, origin: Origin | null): Promise<GroupModel> => {
    requirePermission(asker, 'groups.add');
    const { name, permissions } = parseInput(createGroupSchema, given);
    return sequelize.transaction(async (transaction) => {
      const actor = await reloadActor(asker, 'groups.add', transaction);
      const group = await withConstraintWords(groupWords, () =>
        models.Group.create({ id: uuidV7(), name }, { transaction }),
      );
      await replaceGroupPermissions({ actor, groupId: group.id, from: [], to: permissions }, models, transaction);
      await recordAudit(
        {
          actor,
          action: 'add',
          resource: 'groups',
          recordId: group.id,
          recordTitle: name,
          changes: { name: { to: name }, permissions: { to: permissions } },
          origin,
        },
        transaction,
      );
      return group;
    });
  };
}
