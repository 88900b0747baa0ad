import { Op, type Transaction } from 'sequelize';
import { invalidField } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import { isPermission, requireToHold } from '../kernel/permissions.ts';
import type { Models } from '../models.ts';
import type { AccountModel } from './account.model.ts';
import { outOfReach, whyOutOfReach } from './account-limits.ts';
import type { GroupModel } from './group.model.ts';

export interface AccountRights {
  groups: GroupModel[];
  /** The account's own, without its groups'. */
  permissions: string[];
}

/** An account with its tier, groups and own permissions. Null when there is none. */
export async function loadAccount(
  models: Models,
  accountId: string,
  transaction?: Transaction,
): Promise<AccountModel | null> {
  return models.Account.findByPk(accountId, { include: ['tier', 'groups', 'permissions'], transaction });
}

export function rightsOf(account: AccountModel): AccountRights {
  return {
    groups: account.groups ?? [],
    permissions: (account.permissions ?? []).map(({ permission }) => permission),
  };
}

/**
 * Throws `permission_denied` when the account has rights that the actor lacks: who could set the password or the name
 * of somebody with more rights would have those rights.
 */
export async function requireToManage(
  actor: Actor | null,
  account: AccountModel,
  models: Models,
  transaction: Transaction,
): Promise<void> {
  if (actor === null || actor.isSuperuser) return;
  const { groups, permissions } = rightsOf(account);
  const allPermissions = [...permissions, ...(await permissionsOfGroups(models, groups, transaction))];
  const why = whyOutOfReach(actor, { isSuperuser: account.isSuperuser, allPermissions });
  if (why) throw outOfReach(why);
}

/** The groups with these ids. `invalid_request` when one of them is not there. */
export async function findGroups(
  models: Models,
  groupIds: readonly string[],
  transaction: Transaction,
): Promise<GroupModel[]> {
  const wanted = [...new Set(groupIds)];
  // Locked, so that none is deleted, or given more permissions, before the account has it.
  const lock = transaction.LOCK.KEY_SHARE;
  const groups = await models.Group.findAll({ where: { id: { [Op.in]: wanted } }, transaction, lock });
  if (groups.length !== wanted.length) throw invalidField('groupIds', 'A group is gone. Load the page again.');
  return groups;
}

/** Makes the account's groups and own permissions these, when the actor has the rights that come or go with it. */
export async function replaceRights(
  { actor, accountId, from, to }: { actor: Actor | null; accountId: string; from: AccountRights; to: AccountRights },
  models: Models,
  transaction: Transaction,
): Promise<void> {
  const permissions = difference(from.permissions, to.permissions);
  const groups = difference(
    from.groups.map(({ id }) => id),
    to.groups.map(({ id }) => id),
  );
  requirePermissionNames(permissions.came);
  requireToHold(actor, [...permissions.gone, ...permissions.came], 'permissions');
  const touched = [...from.groups, ...to.groups].filter(({ id }) => [...groups.gone, ...groups.came].includes(id));
  requireToHold(actor, await permissionsOfGroups(models, touched, transaction), 'groupIds');

  await models.AccountPermission.destroy({ where: { accountId, permission: permissions.gone }, transaction });
  await models.AccountPermission.bulkCreate(
    permissions.came.map((permission) => ({ accountId, permission })),
    { transaction },
  );
  await models.AccountGroup.destroy({ where: { accountId, groupId: groups.gone }, transaction });
  await models.AccountGroup.bulkCreate(
    groups.came.map((groupId) => ({ accountId, groupId })),
    { transaction },
  );
}

/** `invalid_request` for a name that is not on the closed list. */
export function requirePermissionNames(names: readonly string[]): void {
  const unknown = names.find((name) => !isPermission(name));
  if (unknown !== undefined) throw invalidField('permissions', `There is no permission ${unknown.slice(0, 50)}.`);
}

export function difference(from: readonly string[], to: readonly string[]): { gone: string[]; came: string[] } {
  return {
    gone: [...new Set(from)].filter((name) => !to.includes(name)),
    came: [...new Set(to)].filter((name) => !from.includes(name)),
  };
}

async function permissionsOfGroups(
  models: Models,
  groups: readonly GroupModel[],
  transaction: Transaction,
): Promise<string[]> {
  const rows = await models.GroupPermission.findAll({ where: { groupId: groups.map(({ id }) => id) }, transaction });
  return rows.map(({ permission }) => permission);
}
