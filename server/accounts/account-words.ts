import type { ConstraintWords } from '../db/constraint-errors.ts';
import type { AccountModel } from './account.model.ts';
import { rightsOf } from './account-rights.ts';

export const accountWords: ConstraintWords = {
  unique: { path: 'username', message: 'There is an account with this username. Choose another one.' },
  reference: { path: 'tierId', message: 'This tier is gone. Choose another one.' },
};

/** What the log keeps of an account, by the names that people see. */
export function accountFacts(account: AccountModel) {
  const { groups, permissions } = rightsOf(account);
  return {
    username: account.username as string | undefined,
    email: account.email,
    tier: account.tier?.name as string | undefined,
    isActive: account.isActive as boolean | undefined,
    isStaff: account.isStaff,
    isSuperuser: account.isSuperuser,
    groups: groups.map(({ name }) => name).sort(),
    permissions: permissions.sort(),
  };
}
