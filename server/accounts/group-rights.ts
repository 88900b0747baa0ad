import type { Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { ConstraintWords } from '../db/constraint-errors.ts';
import type { Actor } from '../kernel/actor.ts';
import { requireToHold } from '../kernel/permissions.ts';
import type { Models } from '../models.ts';
import { difference, requirePermissionNames } from './account-rights.ts';
import type { GroupModel } from './group.model.ts';

export const groupWords: ConstraintWords = {
  unique: { path: 'name', message: 'There is a group with this name. Choose another one.' },
};

/** A group and what it permits, locked for a change. `not_found`. */
export async function lockGroup(
  models: Models,
  groupId: string,
  transaction: Transaction,
): Promise<{ group: GroupModel; permissions: string[] }> {
  const group = await models.Group.findByPk(groupId, { transaction, lock: transaction.LOCK.UPDATE });
  if (!group) throw new AppError('not_found', 'There is no such group.');
  const rows = await models.GroupPermission.findAll({ where: { groupId }, transaction });
  return { group, permissions: rows.map(({ permission }) => permission).sort() };
}

/** Makes a group's permissions these, when the actor has all that come or go. */
export async function replaceGroupPermissions(
  { actor, groupId, from, to }: { actor: Actor | null; groupId: string; from: string[]; to: string[] },
  models: Models,
  transaction: Transaction,
): Promise<void> {
  const { gone, came } = difference(from, to);
  requirePermissionNames(came);
  requireToHold(actor, [...gone, ...came], 'permissions');
  await models.GroupPermission.destroy({ where: { groupId, permission: gone }, transaction });
  await models.GroupPermission.bulkCreate(
    came.map((permission) => ({ groupId, permission })),
    { transaction },
  );
}
