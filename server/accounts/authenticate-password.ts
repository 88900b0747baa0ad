import { createHash } from 'node:crypto';
import { QueryTypes } from 'sequelize';
import { normalizeUsername } from '../../core/contracts/user.ts';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Database } from '../db/models.ts';
import type { AccountModel } from './account.model.ts';
import type { Origin } from './actor.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';

export interface AuthenticatePasswordDeps extends Database {
  passwords: Passwords;
  throttle: LoginThrottle;
  recordAudit: RecordAudit;
}

export interface LoginAttempt {
  username: string;
  password: string;
  origin: Origin;
  via: 'rest' | 'trpc' | 'panel';
  /** Only for who may enter the panel, where that is so by itself; others get the answer of a wrong password. */
  staffOnly?: boolean;
}

export type AuthenticatePassword = (attempt: LoginAttempt) => Promise<AccountModel>;

interface Candidate {
  folded: string;
  id: string | null;
  passwordHash: string | null;
  isActive: boolean;
  isStaff: boolean;
}

/**
 * Who somebody is, by name and password. `invalid_credentials`, the same and as slow for an unknown name, a wrong
 * password and an inactive account; `rate_limited` after too many failures, whatever the password.
 */
export function authenticatePasswordOf(deps: AuthenticatePasswordDeps): AuthenticatePassword {
  const { passwords, throttle } = deps;
  return async (attempt) => {
    const candidate = await findCandidate(deps, attempt.username);
    const account = candidate.id ?? `nobody ${candidate.folded}`;
    const staffOnly = attempt.staffOnly ?? attempt.via === 'panel';
    const accountId = await throttle.attempt({ account, address: attempt.origin.address }, async () => {
      const isRight = await passwords.verify(candidate.passwordHash, attempt.password);
      const mayEnter = candidate.isActive && (candidate.isStaff || !staffOnly);
      return isRight && mayEnter ? candidate.id : null;
    });
    if (accountId === null) {
      await recordFailure(deps, candidate, attempt);
      throw new AppError('invalid_credentials', 'No active account found with the given credentials');
    }
    await upgradeHash(deps, accountId, candidate.passwordHash, attempt.password);
    return recordLogin(deps, accountId, attempt);
  };
}

/** By the database's own folding, which is what makes usernames unique: two spellings are one name or two there. */
async function findCandidate({ sequelize }: Database, typed: string): Promise<Candidate> {
  const username = normalizeUsername(typed);
  const row = await sequelize.query<Candidate>(
    `SELECT lower($1::text) AS folded, id, password_hash AS "passwordHash",
       coalesce(is_active, false) AS "isActive", coalesce(is_staff, false) AS "isStaff"
     FROM (SELECT) AS one LEFT JOIN accounts ON username = ($1::text)::citext`,
    { type: QueryTypes.SELECT, bind: [username ?? ''], plain: true },
  );
  if (!row) throw new Error('one row, always');
  return username === null ? { ...row, folded: createHash('sha256').update(typed).digest('hex') } : row;
}

async function recordFailure({ recordAudit }: AuthenticatePasswordDeps, candidate: Candidate, attempt: LoginAttempt) {
  await recordAudit({
    actor: null,
    action: 'login_failed',
    resource: 'users',
    recordId: candidate.id ?? '',
    recordTitle: attempt.username.slice(0, 150),
    changes: { via: { to: attempt.via } },
    origin: attempt.origin,
  });
}

/** Nothing happens when the password was changed meanwhile. */
async function upgradeHash(
  { models, passwords }: AuthenticatePasswordDeps,
  accountId: string,
  passwordHash: string | null,
  password: string,
): Promise<void> {
  if (passwordHash === null || !passwords.needsRehash(passwordHash)) return;
  const better = await passwords.hash(password);
  await models.Account.update({ passwordHash: better }, { where: { id: accountId, passwordHash } });
}

async function recordLogin(
  { sequelize, models, recordAudit }: AuthenticatePasswordDeps,
  accountId: string,
  { origin, via }: LoginAttempt,
): Promise<AccountModel> {
  return sequelize.transaction(async (transaction) => {
    await models.Account.update({ lastLogin: new Date() }, { where: { id: accountId }, transaction });
    const account = await models.Account.findByPk(accountId, { transaction });
    if (!account?.isActive) {
      throw new AppError('invalid_credentials', 'No active account found with the given credentials');
    }
    await recordAudit(
      {
        actor: { accountId, username: account.username },
        action: 'login',
        resource: 'users',
        recordId: accountId,
        recordTitle: account.username,
        changes: { via: { to: via } },
        origin,
      },
      transaction,
    );
    return account;
  });
}
