import { QueryTypes, type Sequelize } from 'sequelize';
import type { Say } from '../locale/say-in.ts';

/** How somebody gets in, and where they are in: nothing of it opens anything. */
export interface AccountAccess {
  /** `argon2id, 19 MiB, 2 passes, salted`; no part of the hash itself. */
  password: string;
  sessions: { address: string; userAgent: string; signedInAt: string }[];
  /** Logins of programs that can still be renewed. */
  tokens: number;
}

interface AccountRow {
  scheme: string;
  /** `m=19456,t=2,p=1`; null for a hash of another form. */
  parameters: string | null;
  hasPassword: boolean;
  tokens: number;
}

export function accountAccessOf({ sequelize }: { sequelize: Sequelize }) {
  return async (accountId: string, say: Say): Promise<AccountAccess> => {
    const [[account], sessions] = await Promise.all([
      sequelize.query<AccountRow>(accountQuery, { bind: [accountId], type: QueryTypes.SELECT }),
      sequelize.query<AccountAccess['sessions'][number]>(sessionsQuery, {
        bind: [accountId],
        type: QueryTypes.SELECT,
      }),
    ]);
    return { password: passwordInWords(account, say), sessions, tokens: account?.tokens ?? 0 };
  };
}

/** Of a hash in its usual form, `$argon2id$v=19$m=19456,t=2,p=1$…` (the PHC string format). */
function passwordInWords(account: AccountRow | undefined, say: Say): string {
  if (!account?.hasPassword) return say('none: nobody can log in with a password');
  const [, kibibytes, passes] = /^m=(\d+),t=(\d+)/.exec(account.parameters ?? '') ?? [];
  if (!kibibytes || !passes) return say('set, by an older scheme; the next login renews it');
  return say('{{scheme}}, {{size}} MiB, {{passes}} passes, salted', {
    scheme: account.scheme,
    size: Math.round(Number(kibibytes) / 1024),
    passes,
  });
}

/** Never more of the hash than the scheme and its parameters. */
const accountQuery = `
  SELECT password_hash IS NOT NULL AS "hasPassword", split_part(password_hash, '$', 2) AS scheme,
    CASE WHEN split_part(password_hash, '$', 3) LIKE 'v=%' THEN split_part(password_hash, '$', 4) END AS parameters,
    (SELECT count(DISTINCT family_id) FROM refresh_tokens token
     WHERE token.account_id = accounts.id AND used_at IS NULL AND revoked_at IS NULL AND expires_at > now()) AS tokens
  FROM accounts WHERE id = $1`;

const sessionsQuery = `
  SELECT sess ->> 'address' AS address, sess ->> 'userAgent' AS "userAgent", sess ->> 'signedInAt' AS "signedInAt"
  FROM sessions WHERE sess ->> 'accountId' = $1 AND expire > now() ORDER BY sess ->> 'signedInAt' DESC LIMIT 50`;
