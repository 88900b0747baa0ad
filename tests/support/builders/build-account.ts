import { hash } from '@node-rs/argon2';
import type { CreationAttributes } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import type { Models } from '../../../server/models.ts';
import { buildTier } from './build-tier.ts';

let built = 0;

interface Given extends Partial<CreationAttributes<AccountModel>> {
  /** Without one, no password works. */
  password?: string;
  permissions?: readonly string[];
}

/** An active account in the database, on a tier of its own unless it is given one. */
export async function buildAccount(models: Models, given: Given = {}): Promise<AccountModel> {
  const { password, permissions = [], ...attributes } = given;
  built += 1;
  const id = attributes.id ?? uuidV7();
  const account = await models.Account.create({
    username: `person-${built}`,
    passwordHash: password === undefined ? null : await hash(password),
    ...attributes,
    id,
    tierId: attributes.tierId ?? (await buildTier(models)).id,
  });
  await models.AccountPermission.bulkCreate(permissions.map((permission) => ({ accountId: id, permission })));
  return account;
}
