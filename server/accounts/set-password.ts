import { literal, type Transaction } from 'sequelize';
import { setPasswordSchema } from '../../core/contracts/user.ts';
import { parseInput } from '../../core/parse-input.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import { hashNew } from './create-account.ts';
import { endAccess } from './end-access.ts';
import { noAccount } from './get-account.ts';
import { lockToManage } from './lock-to-manage.ts';
import type { Passwords } from './passwords.ts';

export interface SetPasswordDeps extends Database {
  passwords: Pick<Passwords, 'hash'>;
  recordAudit: RecordAudit;
}

/**
 * Sets the password of somebody else, for staff with `users.change`; null makes all passwords wrong. Ends all tokens
 * and sessions of the account. `weak_password`.
 */
export function setPasswordOf(deps: SetPasswordDeps) {
  const { sequelize, models, passwords, recordAudit } = deps;
  return async (actor: Actor | null, accountId: string, given: string | null, origin: Origin | null): Promise<void> => {
    requirePermission(actor, 'users.change');
    const { password } = parseInput(setPasswordSchema, { password: given });
    const found = await models.Account.findByPk(accountId, { attributes: ['username'] });
    if (!found) throw noAccount();
    const passwordHash = password === null ? null : await hashNew(passwords, password, found.username);
    await sequelize.transaction(async (transaction) => {
      const { account } = await lockToManage(models, { actor, permission: 'users.change', accountId }, transaction);
      await storePassword(deps, accountId, passwordHash, transaction);
      await recordAudit(
        {
          actor,
          action: 'set_password',
          resource: 'users',
          recordId: accountId,
          recordTitle: account.username,
          changes: { usable: { to: passwordHash !== null } },
          origin,
        },
        transaction,
      );
    });
  };
}

/** A new password, and the end of all that was let in with the old one. */
export async function storePassword(
  database: Database,
  accountId: string,
  passwordHash: string | null,
  transaction: Transaction,
): Promise<void> {
  await database.models.Account.update(
    { passwordHash, version: literal('version + 1'), updatedAt: new Date() },
    { where: { id: accountId }, transaction },
  );
  await endAccess(database, accountId, transaction);
}
