import { createUserSchema } from '../../core/contracts/user.ts';
import { parseInput } from '../../core/parse-input.ts';
import { createAccountOf } from '../accounts/create-account.ts';
import { findAccountNamed } from '../accounts/get-account.ts';
import { makePasswordLinkOf } from '../accounts/make-password-link.ts';
import type { PasswordLinkTokens } from '../accounts/password-link-token.ts';
import type { Passwords } from '../accounts/passwords.ts';
import { setPasswordOf } from '../accounts/set-password.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Database, Models } from '../models.ts';
import { StartupError } from '../process/startup-error.ts';

export interface AccountCommandsDeps extends Database {
  passwords: Passwords;
  recordAudit: RecordAudit;
  publicUrl: string;
  /** Reads the secrets only when they are needed. */
  passwordLinks(): Promise<PasswordLinkTokens>;
}

export interface NewAccount {
  username: string;
  email?: string;
  /** The name of a tier; the default tier when absent. */
  tier?: string;
  staff?: boolean;
  superuser?: boolean;
}

/** What the command line does with accounts, through the same use cases as everybody, as the service itself. */
export function createAccountCommands(deps: AccountCommandsDeps) {
  const createAccount = createAccountOf(deps);
  const setPassword = setPasswordOf(deps);
  return {
    /** Fails before anybody is asked for a password when the account cannot be made. */
    async checkNew({ username, tier }: NewAccount): Promise<void> {
      parseInput(createUserSchema.shape.username, username);
      if (tier !== undefined) await tierIdOf(deps.models, tier);
      if (await findAccountNamed(deps.models, username)) {
        throw new StartupError(`There is an account named ${username} already.`);
      }
    },

    async create(input: NewAccount, password: string): Promise<string> {
      const { username, email, tier, staff = false, superuser = false } = input;
      const account = await createAccount(
        null,
        {
          username,
          email,
          password,
          isStaff: staff || superuser,
          isSuperuser: superuser,
          ...(tier === undefined ? {} : { tierId: await tierIdOf(deps.models, tier) }),
        },
        null,
      );
      const what = superuser ? 'superuser' : staff ? 'staff account' : 'account';
      return `Made the ${what} ${account.username}, tier ${account.tier?.name ?? ''}.`;
    },

    async find(username: string): Promise<{ id: string; username: string }> {
      const account = await findAccountNamed(deps.models, username);
      if (!account) throw new StartupError(`There is no account named ${username}.`);
      return account;
    },

    async changePassword(account: { id: string; username: string }, password: string): Promise<string> {
      await setPassword(null, account.id, password, null);
      return `Changed the password of ${account.username}; all its tokens and sessions have ended.`;
    },

    async passwordLink(account: { id: string }): Promise<string> {
      const makePasswordLink = makePasswordLinkOf({ ...deps, passwordLinks: await deps.passwordLinks() });
      const { url } = await makePasswordLink(null, account.id, null);
      return url;
    },
  };
}

async function tierIdOf(models: Models, name: string): Promise<string> {
  const tiers = await models.Tier.findAll({ attributes: ['id', 'name'], order: [['name', 'ASC']] });
  const found =
    tiers.find((tier) => tier.name === name) ?? tiers.find((tier) => tier.name.toLowerCase() === name.toLowerCase());
  if (!found) {
    throw new StartupError(
      `There is no tier named ${name}. The tiers are: ${tiers.map((tier) => tier.name).join(', ')}.`,
    );
  }
  return found.id;
}
