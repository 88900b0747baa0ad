import type { Transaction } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import type { z } from 'zod';
import { type CreateUserInput, createUserSchema } from '../../core/contracts/user.ts';
import { AppError, invalidField } from '../../core/errors.ts';
import { parseInput } from '../../core/parse-input.ts';
import { changesBetween, type RecordAudit } from '../audit/record-audit.ts';
import { withConstraintWords } from '../db/constraint-errors.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database, Models } from '../models.ts';
import type { AccountModel } from './account.model.ts';
import { maySetSuperuser } from './account-limits.ts';
import { findGroups, loadAccount, replaceRights } from './account-rights.ts';
import { accountFacts, accountWords } from './account-words.ts';
import { reloadActor } from './load-actor.ts';
import { checkPassword } from './password-rules.ts';
import type { Passwords } from './passwords.ts';

export interface CreateAccountDeps extends Database {
  passwords: Pick<Passwords, 'hash'>;
  recordAudit: RecordAudit;
}

/**
 * Makes an account, on the default tier unless another one is given; without a password nobody can log in with it.
 * For staff with `users.add`, or the service itself (a null actor). Only a superuser makes superusers, and nobody
 * hands out permissions that they do not have. `invalid_request`, `weak_password`, `name_taken`.
 */
export function createAccountOf(deps: CreateAccountDeps) {
  return async (asker: Actor | null, given: CreateUserInput, origin: Origin | null): Promise<AccountModel> => {
    requirePermission(asker, 'users.add');
    const input = parseInput(createUserSchema, given);
    const passwordHash = input.password === null ? null : await hashNew(deps.passwords, input.password, input.username);
    return deps.sequelize.transaction(async (transaction) => {
      const actor = await reloadActor(asker, 'users.add', transaction);
      return insertAccount(deps, { actor, input, passwordHash, origin }, transaction);
    });
  };
}

/** The hash of a new password. `weak_password` when it does not follow the rules. */
export async function hashNew(passwords: Pick<Passwords, 'hash'>, password: string, username: string): Promise<string> {
  const faults = checkPassword(password, username);
  if (faults.length > 0) {
    const errors = faults.map((message) => ({ path: 'password', message }));
    throw new AppError('weak_password', faults.join(' '), { errors });
  }
  return passwords.hash(password);
}

export interface NewAccount {
  actor: Actor | null;
  input: z.output<typeof createUserSchema>;
  passwordHash: string | null;
  origin: Origin | null;
}

export async function insertAccount(
  { models, recordAudit }: Pick<CreateAccountDeps, 'models' | 'recordAudit'>,
  { actor, input, passwordHash, origin }: NewAccount,
  transaction: Transaction,
): Promise<AccountModel> {
  if (input.isSuperuser && !maySetSuperuser(actor)) throw onlySuperusersMakeSuperusers();
  const { groupIds, permissions, password: _, ...fields } = input;
  const id = uuidV7();
  const tierId = input.tierId ?? (await defaultTierId(models, transaction));
  await withConstraintWords(accountWords, () =>
    models.Account.create({ ...fields, id, tierId, passwordHash }, { transaction }),
  );
  const groups = await findGroups(models, groupIds, transaction);
  const from = { groups: [], permissions: [] };
  await replaceRights({ actor, accountId: id, from, to: { groups, permissions } }, models, transaction);

  const account = await loadAccount(models, id, transaction);
  if (!account) throw new Error('an account that was just made is gone');
  const facts = accountFacts(account);
  await recordAudit(
    {
      actor,
      action: 'add',
      resource: 'users',
      recordId: id,
      recordTitle: account.username,
      changes: changesBetween({ ...facts, ...nothing }, facts),
      origin,
    },
    transaction,
  );
  return account;
}

const nothing = {
  username: undefined,
  email: '',
  tier: undefined,
  isActive: undefined,
  isStaff: false,
  isSuperuser: false,
  groups: [],
  permissions: [],
};

async function defaultTierId(models: Models, transaction: Transaction): Promise<string> {
  const tier = await models.Tier.findOne({ where: { isDefault: true }, attributes: ['id'], transaction });
  if (!tier) throw invalidField('tierId', 'There is no default tier. Choose a tier.');
  return tier.id;
}

export function onlySuperusersMakeSuperusers(): AppError {
  const message = 'Only a superuser makes somebody a superuser, or takes that away.';
  return new AppError('permission_denied', message, { errors: [{ path: 'isSuperuser', message }] });
}
