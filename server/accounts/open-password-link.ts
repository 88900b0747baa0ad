import type { Transaction } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { can } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { AccountModel } from './account.model.ts';
import { loadAccount, requireToManage } from './account-rights.ts';
import { hashNew } from './create-account.ts';
import type { LoadActor } from './load-actor.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { PasswordLinkTokens } from './password-link-token.ts';
import type { Passwords } from './passwords.ts';
import { storePassword } from './set-password.ts';

export interface OpenPasswordLinkDeps extends Database {
  passwordLinks: PasswordLinkTokens;
  passwords: Pick<Passwords, 'hash'>;
  throttle: LoginThrottle;
  loadActor: LoadActor;
  recordAudit: RecordAudit;
  now?: () => Date;
}

/** Whose password a link sets. */
export interface PasswordLinkOwner {
  username: string;
  isStaff: boolean;
}

interface Opened {
  account: AccountModel;
  /** Null for the command line. */
  maker: Actor | null;
}

/**
 * What whoever has a link that sets a password can do with it: see whose it is, and use it once. `link_ended`, the same
 * for a link that was used, that is over, that nobody made, or whose account is gone or inactive; those count as failed
 * logins of the address (`rate_limited`). Who made it has to have the right to it still: an account that has got more
 * rights since is out of their reach.
 */
export function openPasswordLinkOf(deps: OpenPasswordLinkDeps) {
  const { sequelize, models, passwordLinks, passwords, throttle, recordAudit, now = () => new Date() } = deps;

  async function opened(token: string, transaction: Transaction): Promise<Opened | null> {
    const claims = passwordLinks.claimsOf(token);
    if (claims === null) return null;
    const maker = claims.madeById ? await deps.loadActor(claims.madeById, transaction) : null;
    const account = await loadAccount(models, claims.accountId, transaction);
    // Generations begin with 1: the signature is compared for nobody as well.
    const isSigned = passwordLinks.isSigned(token, account?.tokenGeneration ?? 0);
    if (!isSigned || !account?.isActive || claims.expiresAt <= now()) return null;
    const mayStill =
      claims.madeById === null ||
      (await isInReachOf(maker, () => requireToManage(maker, account, models, transaction)));
    return mayStill ? { account, maker } : null;
  }

  async function open(token: string, origin: Origin): Promise<Opened> {
    const claims = passwordLinks.claimsOf(token);
    const who = `password link ${claims?.accountId ?? ''}`;
    const found = await throttle.attempt({ account: who, address: origin.address }, () =>
      sequelize.transaction((transaction) => opened(token, transaction)),
    );
    if (found === null) throw ended();
    return found;
  }

  return {
    async look(token: string, origin: Origin): Promise<PasswordLinkOwner> {
      const { account } = await open(token, origin);
      return { username: account.username, isStaff: account.isStaff };
    },

    /** Sets the password, and ends all sessions and tokens of the account. `weak_password` leaves the link good. */
    async use(token: string, password: string, origin: Origin): Promise<PasswordLinkOwner> {
      const { account } = await open(token, origin);
      const passwordHash = await hashNew(passwords, password, account.username);
      return sequelize.transaction(async (transaction) => {
        const { NO_KEY_UPDATE } = transaction.LOCK;
        await models.Account.findByPk(account.id, { attributes: ['id'], transaction, lock: NO_KEY_UPDATE });
        // Of two who use it at once, one is too late; so is one whose maker lost the right to it during the hash.
        const still = await opened(token, transaction);
        if (still === null) throw ended();
        await storePassword(deps, account.id, passwordHash, transaction);
        await recordAudit(
          {
            actor: { accountId: account.id, username: still.account.username },
            action: 'use_password_link',
            resource: 'users',
            recordId: account.id,
            recordTitle: still.account.username,
            changes: { madeBy: { to: still.maker?.username ?? 'the command line' } },
            origin,
          },
          transaction,
        );
        return { username: still.account.username, isStaff: still.account.isStaff };
      });
    },
  };
}

export type OpenPasswordLink = ReturnType<typeof openPasswordLinkOf>;

/** Whether who made it may still do so; a null maker is gone, and no superuser. */
async function isInReachOf(maker: Actor | null, requireToManageIt: () => Promise<void>): Promise<boolean> {
  if (!can(maker, 'users.change')) return false;
  try {
    await requireToManageIt();
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'permission_denied') return false;
    throw error;
  }
}

function ended(): AppError {
  return new AppError(
    'link_ended',
    'This link does not set a password: it was used, or it is over. Ask whoever gave it to you for a new one.',
  );
}
