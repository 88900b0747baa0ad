import { literal, type Transaction } from 'sequelize';
import { AppError, invalidField } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { EnqueueJob } from '../jobs/enqueue-job.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import { lockTiers, noTier } from './tier-words.ts';

export interface MoveAccountsDeps extends Database {
  recordAudit: RecordAudit;
  /** Gets `tier-changed` with the `{ tierId }` that the accounts have now. */
  enqueueJob: EnqueueJob;
}

interface Move {
  actor: Actor | null;
  fromTierId: string;
  toTierId: string;
  origin: Origin | null;
}

/** Gives all accounts of one tier another one, for staff with `users.change`. Answers with how many those were. */
export function moveAccountsOf(deps: MoveAccountsDeps) {
  return async (
    actor: Actor | null,
    fromTierId: string,
    toTierId: string,
    origin: Origin | null,
  ): Promise<{ moved: number }> =>
    deps.sequelize.transaction(async (transaction) => {
      await lockTiers(deps.sequelize, transaction);
      return { moved: await moveAccounts(deps, { actor, fromTierId, toTierId, origin }, transaction) };
    });
}

/** While `lockTiers` holds. */
export async function moveAccounts(
  { models, recordAudit, enqueueJob }: MoveAccountsDeps,
  { actor, fromTierId, toTierId, origin }: Move,
  transaction: Transaction,
): Promise<number> {
  requirePermission(actor, 'users.change');
  const [from, to] = [
    await models.Tier.findByPk(fromTierId, { transaction }),
    await models.Tier.findByPk(toTierId, { transaction }),
  ];
  if (!from) throw noTier();
  if (!to || to.id === from.id) throw invalidField('moveAccountsTo', 'Choose another tier that is there.');
  await requireNoSuperusers(models, actor, fromTierId, transaction);

  const [moved] = await models.Account.update(
    {
      tierId: toTierId,
      version: literal('version + 1'),
      // The list's ETag holds the tier's version, which may be the same number for the other tier.
      imagesVersion: literal('images_version + 1'),
      updatedAt: new Date(),
    },
    { where: { tierId: fromTierId }, transaction },
  );
  if (moved === 0) return 0;
  await recordAudit(
    {
      actor,
      action: 'move_accounts',
      resource: 'tiers',
      recordId: fromTierId,
      recordTitle: from.name,
      changes: { tier: { from: from.name, to: to.name }, accounts: { to: moved } },
      origin,
    },
    transaction,
  );
  await enqueueJob('tier-changed', { tierId: toTierId }, { createdBy: actor?.accountId ?? null, transaction });
  return moved;
}

async function requireNoSuperusers(
  models: MoveAccountsDeps['models'],
  actor: Actor | null,
  tierId: string,
  transaction: Transaction,
): Promise<void> {
  if (actor === null || actor.isSuperuser) return;
  const superusers = await models.Account.count({ where: { tierId, isSuperuser: true }, transaction });
  if (superusers === 0) return;
  throw new AppError('permission_denied', 'A superuser has this tier. Only a superuser may change that.');
}
