import { changeOwnPasswordOf } from '../../server/accounts/change-own-password.ts';
import { createAccountOf } from '../../server/accounts/create-account.ts';
import { createGroupOf } from '../../server/accounts/create-group.ts';
import { deleteAccountOf } from '../../server/accounts/delete-account.ts';
import { deleteGroupOf } from '../../server/accounts/delete-group.ts';
import { endSessionsOf } from '../../server/accounts/end-access.ts';
import { getAccountOf } from '../../server/accounts/get-account.ts';
import { importAccountsOf } from '../../server/accounts/import-accounts.ts';
import { listAccountsOf } from '../../server/accounts/list-accounts.ts';
import { loadActorOf } from '../../server/accounts/load-actor.ts';
import { createLoginThrottle } from '../../server/accounts/login-throttle.ts';
import { makePasswordLinkOf } from '../../server/accounts/make-password-link.ts';
import { openPasswordLinkOf } from '../../server/accounts/open-password-link.ts';
import { createPasswordLinkTokens } from '../../server/accounts/password-link-token.ts';
import { createPasswords } from '../../server/accounts/passwords.ts';
import { setPasswordOf } from '../../server/accounts/set-password.ts';
import { createTokens } from '../../server/accounts/tokens.ts';
import { updateAccountOf } from '../../server/accounts/update-account.ts';
import { updateGroupOf } from '../../server/accounts/update-group.ts';
import type { AuditEntryModel } from '../../server/audit/audit-entry.model.ts';
import { recordAuditOf } from '../../server/audit/record-audit.ts';
import { leaveTombstonesForOwner } from '../../server/images/tombstone-table.ts';
import type { Actor, Origin } from '../../server/kernel/actor.ts';
import type { Database } from '../../server/models.ts';
import { createTierOf } from '../../server/tiers/create-tier.ts';
import { deleteTierOf } from '../../server/tiers/delete-tier.ts';
import { listTiersOf } from '../../server/tiers/list-tiers.ts';
import { moveAccountsOf } from '../../server/tiers/move-accounts.ts';
import { updateTierOf } from '../../server/tiers/update-tier.ts';
import { buildAccount } from './builders/build-account.ts';
import { type OpenTestDatabase, openTestDatabase } from './open-test-database.ts';

export const origin: Origin = { address: '192.0.2.1', requestId: 'request-1' };

export interface EnqueuedJob {
  kind: string;
  payload: Record<string, unknown>;
  createdBy: string | null;
}

/** Every use case of accounts and tiers over one database; jobs are only written down. */
export function accountUseCases(database: Database, jobs: EnqueuedJob[] = []) {
  const passwords = createPasswords();
  const recordAudit = recordAuditOf(database.models);
  const enqueueJob = async (
    kind: string,
    payload: Record<string, unknown>,
    { createdBy }: { createdBy: string | null },
  ) => jobs.push({ kind, payload, createdBy });
  const throttle = createLoginThrottle({ sequelize: database.sequelize });
  const passwordLinks = createPasswordLinkTokens({ current: 'p'.repeat(48), previous: 'older'.repeat(10) });
  const loadActor = loadActorOf(database);
  const deps = { ...database, passwords, recordAudit, enqueueJob, throttle, passwordLinks, loadActor };
  const createAccount = createAccountOf(deps);
  const makePasswordLink = makePasswordLinkOf({ ...deps, publicUrl: 'http://localhost:8000' });
  return {
    deps,
    createAccount,
    importAccounts: importAccountsOf({ ...deps, createAccount, makePasswordLink }),
    updateAccount: updateAccountOf(deps),
    setPassword: setPasswordOf(deps),
    makePasswordLink,
    passwordLink: openPasswordLinkOf(deps),
    changeOwnPassword: changeOwnPasswordOf(deps),
    deleteAccount: deleteAccountOf({ ...deps, leaveTombstonesForOwner }),
    endSessions: endSessionsOf(deps),
    getAccount: getAccountOf(deps),
    listAccounts: listAccountsOf(deps),
    createGroup: createGroupOf(deps),
    updateGroup: updateGroupOf(deps),
    deleteGroup: deleteGroupOf(deps),
    createTier: createTierOf(deps),
    updateTier: updateTierOf(deps),
    deleteTier: deleteTierOf(deps),
    moveAccounts: moveAccountsOf(deps),
    listTiers: listTiersOf(deps),
    loadActor,
    tokens: createTokens({
      ...database,
      keys: { current: 'k'.repeat(48) },
      accessMinutes: 15,
      refreshDays: 14,
      refreshGraceSeconds: 10,
      issuer: 'http://localhost:8000',
      recordAudit,
    }),
  };
}

export interface AccountWorld extends ReturnType<typeof accountUseCases> {
  database: OpenTestDatabase;
  jobs: EnqueuedJob[];
  /** Somebody who acts: an account that is made with these things, as a request would find it. */
  actor(given?: Parameters<typeof buildAccount>[1]): Promise<Actor>;
  superuser(): Promise<Actor>;
  /** Staff with these permissions. */
  staff(...permissions: string[]): Promise<Actor>;
  lastEntry(): Promise<AuditEntryModel>;
}

export async function openAccountWorld(): Promise<AccountWorld> {
  const database = await openTestDatabase();
  const jobs: EnqueuedJob[] = [];
  const useCases = accountUseCases(database, jobs);
  const actor: AccountWorld['actor'] = async (given) => {
    const account = await buildAccount(database.models, given);
    const found = await useCases.loadActor(account.id);
    if (!found) throw new Error('an inactive account cannot act');
    return found;
  };
  return {
    ...useCases,
    database,
    jobs,
    actor,
    superuser: () => actor({ isStaff: true, isSuperuser: true }),
    staff: (...permissions) => actor({ isStaff: true, permissions }),
    async lastEntry() {
      const entry = await database.models.AuditEntry.findOne({ order: [['id', 'DESC']] });
      if (!entry) throw new Error('the log is empty');
      return entry;
    },
  };
}
