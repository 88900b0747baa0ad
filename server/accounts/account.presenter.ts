import type { User } from '../../core/contracts/user.ts';
import type { AccountModel } from './account.model.ts';
import { rightsOf } from './account-rights.ts';

/** An account as staff see it; it has to be loaded with tier, groups and permissions. */
export function presentAccount(account: AccountModel): User {
  if (!account.tier) throw new Error('the account was loaded without its tier');
  const { groups, permissions } = rightsOf(account);
  return {
    id: account.id,
    username: account.username,
    email: account.email,
    isActive: account.isActive,
    isStaff: account.isStaff,
    isSuperuser: account.isSuperuser,
    tier: { id: account.tier.id, name: account.tier.name },
    groups: groups.map(({ id, name }) => ({ id, name })),
    permissions: permissions.sort(),
    dateJoined: account.dateJoined.toISOString(),
    lastLogin: account.lastLogin?.toISOString() ?? null,
    version: account.version,
  };
}
