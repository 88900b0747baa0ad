import { randomInt } from 'node:crypto';
import type { Transaction } from 'sequelize';
import { createUserSchema } from '../../core/contracts/user.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { Database } from '../models.ts';
import { type CreateAccountDeps, hashNew, insertAccount } from './create-account.ts';
import { checkPassword } from './password-rules.ts';
import { lockSuperusers } from './superusers.ts';

export interface FirstAdmin {
  username: string;
  /** To be printed once, and logged never. */
  password: string;
}

export interface FirstAdminDeps extends CreateAccountDeps {
  logger?: { warn(message: string): void };
}

/**
 * Makes the first superuser of a new installation. Does nothing when there is one: a given password creates and never
 * resets. Gives what is to be shown: the password that was made up when none was given, else null.
 */
export function ensureFirstAdmin(deps: FirstAdminDeps) {
  return async (wanted: { username: string; password?: string | null }): Promise<FirstAdmin | null> => {
    if (await hasSuperuser(deps)) return null;
    const password = wanted.password ?? makeUpPassword(wanted.username);
    const input = parseInput(createUserSchema, { username: wanted.username, isStaff: true, isSuperuser: true });
    const passwordHash = await hashNew(deps.passwords, password, input.username);
    return deps.sequelize.transaction(async (transaction) => {
      await lockSuperusers(deps.sequelize, transaction);
      if (await hasSuperuser(deps, transaction)) return null;
      if (await deps.models.Account.findOne({ where: { username: input.username }, transaction })) {
        // Somebody's account does not become the administrator's by its name.
        deps.logger?.warn(
          `there is no superuser, and ${input.username} is an account already: npm run manage -- createsuperuser NAME`,
        );
        return null;
      }
      const { username } = await insertAccount(deps, { actor: null, input, passwordHash, origin: null }, transaction);
      return wanted.password ? null : { username, password };
    });
  };
}

async function hasSuperuser({ models }: Database, transaction?: Transaction): Promise<boolean> {
  return (await models.Account.count({ where: { isSuperuser: true }, transaction })) > 0;
}

/** No vowels, so that no words; nothing that looks like something else. */
const letters = 'bcdfghjkmnpqrstvwxz23456789';

/** `kfm2-q9dx-tzhw-4npb-c7rs`: 95 bits of chance, to be read out and typed. */
function makeUpPassword(username: string): string {
  const group = () => Array.from({ length: 4 }, () => letters.charAt(randomInt(letters.length))).join('');
  const password = Array.from({ length: 5 }, group).join('-');
  return checkPassword(password, username).length === 0 ? password : makeUpPassword(username);
}
