import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hash as argon2Hash } from '@node-rs/argon2';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { authenticatePasswordOf, type LoginAttempt } from '../../../server/accounts/authenticate-password.ts';
import { changeOwnPasswordOf } from '../../../server/accounts/change-own-password.ts';
import { createAccountOf } from '../../../server/accounts/create-account.ts';
import { openPasswordLinkOf } from '../../../server/accounts/open-password-link.ts';
import type { Passwords } from '../../../server/accounts/passwords.ts';
import { setPasswordOf } from '../../../server/accounts/set-password.ts';
import type { Actor } from '../../../server/kernel/actor.ts';
import { type AccountWorld, openAccountWorld, origin } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';

const password = 'the-password-of-then-1';
const next = 'the-password-of-now-2';
const cheap = { memoryCost: 8_192, timeCost: 1, parallelism: 1 };
const refused = { code: 'invalid_credentials', status: 401 };
const denied = { code: 'permission_denied', status: 403 };
const revoked = { code: 'token_not_valid', status: 401 };

let world: AccountWorld;
let root: Actor;
/** What happens to the account once a password was verified, or hashed, before anything is done with it. */
let meanwhile: { after: 'verify' | 'hash'; happens: () => Promise<unknown> } | null = null;

beforeAll(async () => {
  world = await openAccountWorld();
  root = await world.superuser();
  await buildTier(world.database.models, { isDefault: true });
});
afterAll(() => world.database.close());
beforeEach(() => {
  meanwhile = null;
});

async function happen(after: 'verify' | 'hash') {
  if (meanwhile?.after !== after) return;
  const { happens } = meanwhile;
  meanwhile = null;
  await happens();
}

function interrupted(): AccountWorld['deps'] {
  const { deps } = world;
  const passwords: Passwords = {
    ...deps.passwords,
    async verify(hash, given) {
      const isRight = await deps.passwords.verify(hash, given);
      await happen('verify');
      return isRight;
    },
    async hash(given) {
      const hash = await deps.passwords.hash(given);
      await happen('hash');
      return hash;
    },
  };
  return { ...deps, passwords };
}

const staff = (given: Parameters<typeof buildAccount>[1] = {}) =>
  buildAccount(world.database.models, { password, isStaff: true, ...given });
const actorOf = async ({ id }: AccountModel) => (await world.loadActor(id)) as Actor;
const update = (account: AccountModel, change: object) => world.updateAccount(root, account.id, change, origin);
const useLink = async (account: AccountModel) => {
  const { url } = await world.makePasswordLink(root, account.id, origin);
  return world.passwordLink.use(url.split('/').at(-1)!, next, origin);
};

describe.each(['rest', 'trpc', 'panel'] as const)('a login over %s', (via) => {
  const logIn = (account: AccountModel, given: Partial<LoginAttempt> = {}) =>
    authenticatePasswordOf(interrupted())(
      { username: account.username, password, via, origin, ...given },
      world.tokens.issue,
    );
  const tokensOf = (account: AccountModel) =>
    world.database.models.RefreshToken.count({ where: { accountId: account.id, revokedAt: null } });

  it.each<[string, (account: AccountModel) => Promise<unknown>]>([
    ['staff set the password', (account) => world.setPassword(root, account.id, next, origin)],
    ['staff take the password away', (account) => world.setPassword(root, account.id, null, origin)],
    [
      'its owner changes the password',
      async (account) => world.changeOwnPassword(await actorOf(account), { current: password, new: next }, origin),
    ],
    ['a password link is used', useLink],
    ['the account is deactivated', (account) => update(account, { isActive: false })],
    [
      'the account is deactivated and activated again',
      async (account) => {
        await update(account, { isActive: false });
        await update(account, { isActive: true });
      },
    ],
    ['the account is deleted', (account) => world.deleteAccount(root, account.id, origin)],
    [
      'the hash is replaced in the database',
      async (account) => account.update({ passwordHash: await argon2Hash(next, cheap) }),
    ],
  ])('is refused when, while it waits, %s', async (_, happens) => {
    const account = await staff();
    const lastLogin = () =>
      account.reload().then(
        () => account.lastLogin,
        () => null,
      );
    meanwhile = { after: 'verify', happens: () => happens(account) };
    // From an address of its own: what the owner does in the meantime waits its turn behind the logins of an address.
    await expect(logIn(account, { origin: { ...origin, address: '198.51.100.9' } })).rejects.toMatchObject(refused);
    expect(meanwhile).toBeNull();
    expect(await tokensOf(account)).toBe(0);
    expect(await lastLogin()).toBeNull();
    expect(await world.lastEntry()).toMatchObject({ action: 'login_failed', recordId: account.id });
  });

  it(`is ${via === 'panel' ? 'refused' : 'accepted'} when, while it waits, the account stops being staff`, async () => {
    const account = await staff();
    meanwhile = { after: 'verify', happens: () => update(account, { isStaff: false }) };
    const login = logIn(account);
    if (via === 'panel') await expect(login).rejects.toMatchObject(refused);
    else await expect(login).resolves.toMatchObject({ access: expect.any(String) });
  });

  it('is accepted when, while it waits, another one upgrades the hash of the same password', async () => {
    const account = await staff({ password: undefined, passwordHash: await argon2Hash(password, cheap) });
    meanwhile = { after: 'hash', happens: () => logIn(account, { origin: { ...origin, address: '198.51.100.7' } }) };
    const { access } = await logIn(account);
    await expect(world.tokens.verify(access)).resolves.toBeUndefined();
    await account.reload();
    expect(account.passwordHash).toContain('m=19456,t=2,p=1');
  });

  it('is refused for all of 90 that wait while staff take the password away', async () => {
    const account = await staff();
    meanwhile = { after: 'verify', happens: () => world.setPassword(root, account.id, null, origin) };
    const authenticate = authenticatePasswordOf(interrupted());
    const attempt = { username: account.username, password, via, origin: { ...origin, address: '198.51.100.8' } };
    const answers = await Promise.allSettled(
      Array.from({ length: 90 }, () => authenticate(attempt, world.tokens.issue)),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    expect(await tokensOf(account)).toBe(0);
  });
});

describe('a change of one’s own password', () => {
  const change = async (account: AccountModel) =>
    changeOwnPasswordOf(interrupted())(await actorOf(account), { current: password, new: next }, origin);

  it.each<[string, 'verify' | 'hash', (account: AccountModel) => Promise<unknown>]>([
    [
      'staff set the password',
      'verify',
      (account) => world.setPassword(root, account.id, 'a-third-password-3', origin),
    ],
    ['staff set the password', 'hash', (account) => world.setPassword(root, account.id, 'a-third-password-3', origin)],
    ['the account is deactivated', 'hash', (account) => update(account, { isActive: false })],
    ['the account is logged out everywhere', 'hash', (account) => world.endSessions(root, account.id, origin)],
    ['the account is deleted', 'hash', (account) => world.deleteAccount(root, account.id, origin)],
  ])('is refused when %s after the %s', async (_, after, happens) => {
    const account = await staff();
    meanwhile = { after, happens: () => happens(account) };
    await expect(change(account)).rejects.toMatchObject(revoked);
    expect(meanwhile).toBeNull();
    const now = await world.database.models.Account.findByPk(account.id);
    expect(await world.deps.passwords.verify(now?.passwordHash ?? null, next)).toBe(false);
  });

  it('is done when a login upgrades the hash during it', async () => {
    const account = await staff({ password: undefined, passwordHash: await argon2Hash(password, cheap) });
    const logIn = () =>
      authenticatePasswordOf(world.deps)({
        username: account.username,
        password,
        via: 'rest',
        origin: { ...origin, address: '198.51.100.7' },
      });
    meanwhile = { after: 'hash', happens: logIn };
    await expect(change(account)).resolves.toMatchObject({ tokenGeneration: 2 });
  });

  it('is refused to an actor whose token was revoked before it began', async () => {
    const account = await staff();
    const actor = await actorOf(account);
    await world.endSessions(root, account.id, origin);
    await expect(world.changeOwnPassword(actor, { current: password, new: next }, origin)).rejects.toMatchObject(
      revoked,
    );
  });
});

describe('what staff do', () => {
  it('with a hash is refused when the right to it goes during the hash', async () => {
    const target = await buildAccount(world.database.models);
    const clerk = await staff({ permissions: ['users.add', 'users.change'] });
    const actor = await actorOf(clerk);
    const demote = { after: 'hash', happens: () => update(clerk, { permissions: [] }) } as const;
    meanwhile = demote;
    await expect(setPasswordOf(interrupted())(actor, target.id, next, origin)).rejects.toMatchObject(denied);
    await update(clerk, { permissions: ['users.add', 'users.change'] });
    meanwhile = demote;
    const create = createAccountOf(interrupted())(actor, { username: 'never-made', password: next }, origin);
    await expect(create).rejects.toMatchObject(denied);
    expect(await world.database.models.Account.count({ where: { username: 'never-made' } })).toBe(0);
    await target.reload();
    expect(target.passwordHash).toBeNull();
  });

  it('with a hash is refused when the account comes to have more rights during the hash', async () => {
    const target = await buildAccount(world.database.models);
    const clerk = await world.staff('users.change');
    meanwhile = { after: 'hash', happens: () => update(target, { isSuperuser: true }) };
    await expect(setPasswordOf(interrupted())(clerk, target.id, next, origin)).rejects.toMatchObject(denied);
  });

  it('by a password link is refused when its maker loses the right during the hash', async () => {
    const target = await buildAccount(world.database.models);
    const clerk = await staff({ permissions: ['users.change'] });
    const { url } = await world.makePasswordLink(await actorOf(clerk), target.id, origin);
    meanwhile = { after: 'hash', happens: () => update(clerk, { isStaff: false }) };
    const link = openPasswordLinkOf(interrupted());
    await expect(link.use(url.split('/').at(-1)!, next, origin)).rejects.toMatchObject({ code: 'link_ended' });
    await target.reload();
    expect(target.passwordHash).toBeNull();
  });

  const everything = ['users', 'groups'].flatMap((name) => ['add', 'change', 'delete'].map((act) => `${name}.${act}`));
  const acts: [string, (actor: Actor, on: { accountId: string; groupId: string }) => Promise<unknown>][] = [
    ['creates an account', (actor) => world.createAccount(actor, { username: 'late-account' }, origin)],
    ['changes an account', (actor, { accountId }) => world.updateAccount(actor, accountId, { email: '' }, origin)],
    ['sets a password', (actor, { accountId }) => world.setPassword(actor, accountId, null, origin)],
    ['logs somebody out', (actor, { accountId }) => world.endSessions(actor, accountId, origin)],
    ['makes a password link', (actor, { accountId }) => world.makePasswordLink(actor, accountId, origin)],
    ['deletes an account', (actor, { accountId }) => world.deleteAccount(actor, accountId, origin)],
    ['creates a group', (actor) => world.createGroup(actor, { name: 'Late group' }, origin)],
    ['changes a group', (actor, { groupId }) => world.updateGroup(actor, groupId, { name: 'Later' }, origin)],
    ['deletes a group', (actor, { groupId }) => world.deleteGroup(actor, groupId, origin)],
  ];

  it.each(acts)('is judged by what the actor may when it is done: who %s', async (_, act) => {
    const clerk = await staff({ permissions: everything });
    const on = {
      accountId: (await buildAccount(world.database.models)).id,
      groupId: (await world.createGroup(root, { name: `Group of ${clerk.username}` }, origin)).id,
    };
    const before = await actorOf(clerk);
    await update(clerk, { permissions: [] });
    await expect(act(before, on)).rejects.toMatchObject(denied);
    await update(clerk, { permissions: everything, isSuperuser: true });
    await world.endSessions(root, clerk.id, origin);
    await expect(act(before, on)).rejects.toMatchObject(revoked);
    await expect(act(await actorOf(clerk), on)).resolves.not.toThrow();
  });
});
