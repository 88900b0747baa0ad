import { createHash } from 'node:crypto';
import { QueryTypes, type Transaction } from 'sequelize';
import { normalizeUsername } from '../../core/contracts/user.ts';
import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Origin } from '../kernel/actor.ts';
import type { Database } from '../models.ts';
import type { AccountModel } from './account.model.ts';
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

/** What is given to whoever logged in, such as tokens: written in the same transaction as the login itself. */
export type Admit<Given> = (account: AccountModel, transaction: Transaction) => Promise<Given>;

export type AuthenticatePassword = <Given = AccountModel>(
  attempt: LoginAttempt,
  admit?: Admit<Given>,
) => Promise<Given>;

interface Candidate {
  folded: string;
  id: string | null;
  username: string | null;
  passwordHash: string | null;
  tokenGeneration: number | null;
  isActive: boolean;
  isStaff: boolean;
}

/**
 * Who somebody is, by name and password. `invalid_credentials`, the same and as slow for an unknown name, a wrong
 * password and an inactive account; `rate_limited` after too many failures, whatever the password. A login is good only
 * against the hash that it was checked against: who waits while the password is changed is refused.
 */
export function authenticatePasswordOf(deps: AuthenticatePasswordDeps): AuthenticatePassword {
  return async <Given = AccountModel>(
    attempt: LoginAttempt,
    admit: Admit<Given> = async (account) => account as Given,
  ): Promise<Given> => {
    const candidate = await findCandidate(deps, attempt.username);
    const account = candidate.id ?? `nobody ${candidate.folded}`;
    const entered = await deps.throttle.attempt({ account, address: attempt.origin.address }, () =>
      enter(deps, attempt, candidate, admit),
    );
    if (entered) return entered.given;
    await recordFailure(deps, candidate, attempt);
    throw new AppError('invalid_credentials', 'No active account found with the given credentials');
  };
}

/** Null when the login is refused. */
async function enter<Given>(
  deps: AuthenticatePasswordDeps,
  attempt: LoginAttempt,
  candidate: Candidate,
  admit: Admit<Given>,
): Promise<{ given: Given } | null> {
  const verified = await verify(deps, attempt, candidate);
  if (verified === null) return null;
  const entered = await recordLogin(deps, attempt, verified, admit);
  if (entered) return entered;
  // Another login may have upgraded the hash in the meantime, which leaves the generation as it was.
  const now = await findCandidate(deps, attempt.username);
  const isUpgraded = now.tokenGeneration === candidate.tokenGeneration && now.passwordHash !== candidate.passwordHash;
  if (now.id !== candidate.id || !isUpgraded) return null;
  const again = await verify(deps, attempt, now);
  return again && recordLogin(deps, attempt, again, admit);
}

interface Verified {
  id: string;
  tokenGeneration: number;
  /** The one that the password was verified against. */
  passwordHash: string;
  /** A better one of the same password, when that one was made with less effort than is made now. */
  upgradedHash: string | null;
}

async function verify(
  { passwords }: AuthenticatePasswordDeps,
  { password, ...attempt }: LoginAttempt,
  { id, passwordHash, tokenGeneration, isActive, isStaff }: Candidate,
): Promise<Verified | null> {
  const isRight = await passwords.verify(passwordHash, password);
  const mayEnter = isActive && (isStaff || !isStaffOnly(attempt));
  if (!isRight || !mayEnter || id === null || passwordHash === null || tokenGeneration === null) return null;
  const upgradedHash = passwords.needsRehash(passwordHash) ? await passwords.hash(password) : null;
  return { id, tokenGeneration, passwordHash, upgradedHash };
}

function isStaffOnly({ staffOnly, via }: Pick<LoginAttempt, 'staffOnly' | 'via'>): boolean {
  return staffOnly ?? via === 'panel';
}

/** By the database's own folding, which is what makes usernames unique: two spellings are one name or two there. */
async function findCandidate({ sequelize }: Database, typed: string): Promise<Candidate> {
  const username = normalizeUsername(typed);
  const row = await sequelize.query<Candidate>(
    `SELECT lower($1::text) AS folded, id, username::text AS username, password_hash AS "passwordHash", token_generation AS "tokenGeneration",
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
    // Never what was typed: people type passwords into this field, and the log is kept.
    recordTitle: candidate.username ?? '',
    changes: { via: { to: attempt.via } },
    origin: attempt.origin,
  });
}

/**
 * One UPDATE locks the row, checks that nothing the login relies on has changed since, and writes it down. Null when
 * something has.
 */
async function recordLogin<Given>(
  { sequelize, models, recordAudit }: AuthenticatePasswordDeps,
  attempt: LoginAttempt,
  { id, tokenGeneration, passwordHash, upgradedHash }: Verified,
  admit: Admit<Given>,
): Promise<{ given: Given } | null> {
  return sequelize.transaction(async (transaction) => {
    const [, [account]] = await models.Account.update(
      { lastLogin: new Date(), passwordHash: upgradedHash ?? passwordHash },
      {
        where: {
          id,
          passwordHash,
          tokenGeneration,
          isActive: true,
          ...(isStaffOnly(attempt) ? { isStaff: true } : {}),
        },
        returning: true,
        transaction,
      },
    );
    if (!account) return null;
    await recordAudit(
      {
        actor: { accountId: id, username: account.username },
        action: 'login',
        resource: 'users',
        recordId: id,
        recordTitle: account.username,
        changes: { via: { to: attempt.via } },
        origin: attempt.origin,
      },
      transaction,
    );
    return { given: await admit(account, transaction) };
  });
}
