import { literal, type Transaction } from 'sequelize';
import type { z } from 'zod';
import { type UpdateUserInput, updateUserSchema } from '../../core/contracts/user.ts';
import { parseInput } from '../../core/parse-input.ts';
import { changesBetween, type RecordAudit } from '../audit/record-audit.ts';
import { withConstraintWords } from '../db/constraint-errors.ts';
import { requireVersion } from '../db/require-version.ts';
import type { EnqueueJob } from '../jobs/enqueue-job.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { AccountModel } from './account.model.ts';
import { fixedFlags } from './account-limits.ts';
import { findGroups, loadAccount, replaceRights, rightsOf } from './account-rights.ts';
import { accountFacts, accountWords } from './account-words.ts';
import { onlySuperusersMakeSuperusers } from './create-account.ts';
import { endAccess } from './end-access.ts';
import { noAccount } from './get-account.ts';
import { lockToManage } from './lock-to-manage.ts';
import { isThereAnotherSuperuser, lastSuperuser, lockSuperusers } from './superusers.ts';

export interface UpdateAccountDeps extends Database {
  recordAudit: RecordAudit;
  /** Gets `account-tier-changed` with `{ accountId }`. */
  enqueueJob: EnqueueJob;
}

type Changes = z.output<typeof updateUserSchema>;

/**
 * Changes what is given of an account, for staff with `users.change`. Who has more rights than the actor is out of
 * reach, only a superuser makes superusers, and the last active one stays. A deactivation ends all tokens and sessions
 * for good. `conflict` when `version` is not the account's any more; `name_taken`, `last_superuser`.
 */
export function updateAccountOf(deps: UpdateAccountDeps) {
  const { sequelize, models, recordAudit } = deps;
  return async (
    asker: Actor | null,
    accountId: string,
    given: UpdateUserInput,
    origin: Origin | null,
  ): Promise<AccountModel> => {
    requirePermission(asker, 'users.change');
    const { version, ...changes } = parseInput(updateUserSchema, given);
    return sequelize.transaction(async (transaction) => {
      if (changes.isActive === false || changes.isSuperuser === false) await lockSuperusers(sequelize, transaction);
      const wanted = { actor: asker, permission: 'users.change', accountId } as const;
      const { actor, account } = await lockToManage(models, wanted, transaction);
      requireVersion(account, version);
      await requireAllowed(deps, actor, account, changes, transaction);

      const from = accountFacts(account);
      await applyChanges(deps, actor, account, changes, transaction);
      const changed = await loadAccount(models, accountId, transaction);
      if (!changed) throw noAccount();
      const difference = changesBetween(from, accountFacts(changed));
      if (Object.keys(difference).length === 0) return changed;

      await changed.update({ version: literal('version + 1'), updatedAt: new Date() }, { transaction });
      await recordAudit(
        {
          actor,
          action: 'change',
          resource: 'users',
          recordId: accountId,
          recordTitle: from.username ?? '',
          changes: difference,
          origin,
        },
        transaction,
      );
      const saved = await loadAccount(models, accountId, transaction);
      if (!saved) throw noAccount();
      return saved;
    });
  };
}

async function requireAllowed(
  { sequelize }: UpdateAccountDeps,
  actor: Actor | null,
  account: AccountModel,
  { isActive = account.isActive, isSuperuser = account.isSuperuser }: Changes,
  transaction: Transaction,
): Promise<void> {
  const isOneLess = account.isSuperuser && account.isActive && !(isSuperuser && isActive);
  const isLastSuperuser = isOneLess && !(await isThereAnotherSuperuser(sequelize, account.id, transaction));
  const fixed = fixedFlags(actor, { isLastSuperuser });
  const why = [
    isSuperuser === account.isSuperuser ? undefined : fixed.isSuperuser,
    isActive === account.isActive ? undefined : fixed.isActive,
  ];
  if (why.includes('superuser')) throw onlySuperusersMakeSuperusers();
  if (why.includes('last')) throw lastSuperuser();
}

async function applyChanges(
  deps: UpdateAccountDeps,
  actor: Actor | null,
  account: AccountModel,
  { groupIds, permissions, ...fields }: Omit<Changes, 'version'>,
  transaction: Transaction,
): Promise<void> {
  const { models, enqueueJob } = deps;
  const from = rightsOf(account);
  const groups = groupIds ? await findGroups(models, groupIds, transaction) : from.groups;
  const to = { groups, permissions: permissions ?? from.permissions };
  await replaceRights({ actor, accountId: account.id, from, to }, models, transaction);

  const getsAnotherTier = fields.tierId !== undefined && fields.tierId !== account.tierId;
  const isDeactivated = fields.isActive === false && account.isActive;
  await withConstraintWords(accountWords, () =>
    models.Account.update(fields, { where: { id: account.id }, transaction }),
  );
  if (isDeactivated) await endAccess(deps, account.id, transaction);
  if (!getsAnotherTier) return;
  // The list's ETag holds the tier's version, which may be the same number for the other tier.
  const imagesVersion = literal('images_version + 1');
  await models.Account.update({ imagesVersion }, { where: { id: account.id }, transaction });
  const createdBy = actor?.accountId ?? null;
  await enqueueJob('account-tier-changed', { accountId: account.id }, { createdBy, transaction });
}
