import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { ensureFirstAdmin } from '../../../server/accounts/first-admin.ts';
import { checkPassword } from '../../../server/accounts/password-rules.ts';
import type { Actor } from '../../../server/kernel/actor.ts';
import { tierRulesOf } from '../../../server/tiers/tier-rules.ts';
import { type AccountWorld, accountUseCases, openAccountWorld, origin } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { openTestDatabase } from '../../support/open-test-database.ts';

const password = 'a-good-password-1';
const denied = { code: 'permission_denied', status: 403 };

let world: AccountWorld;
let root: Actor;

beforeAll(async () => {
  world = await openAccountWorld();
  await buildTier(world.database.models, { name: 'Usual', isDefault: true });
  root = await world.superuser();
});
afterAll(() => world.database.close());

const models = () => world.database.models;

async function addSession(accountId: string): Promise<string> {
  const sid = uuidV7();
  await world.database.sequelize.query(
    `INSERT INTO sessions (sid, sess, expire) VALUES ($1, $2, now() + interval '1 hour')`,
    { bind: [sid, JSON.stringify({ cookie: {}, accountId })] },
  );
  return sid;
}

async function sessionIds(): Promise<string[]> {
  const [rows] = await world.database.sequelize.query('SELECT sid FROM sessions');
  return (rows as { sid: string }[]).map(({ sid }) => sid);
}

async function addImage(ownerId: string, given: object = {}) {
  const id = uuidV7();
  const stored = { contentType: 'image/png', bytes: 100, width: 2, height: 2, sha256: 'a'.repeat(64) };
  return models().Image.create({ id, ownerId, name: id, objectKey: `${id}/x`, state: 'stored', ...stored, ...given });
}

describe('who somebody is', () => {
  it('comes with tier and permissions, their own and their groups’, in one reading', async () => {
    const tier = await buildTier(models(), { thumbnailHeights: [100, 300], quotaBytes: 5_000_000_000 });
    const group = await world.createGroup(
      root,
      { name: 'Helpers', permissions: ['images.view', 'users.view'] },
      origin,
    );
    const made = await world.createAccount(
      root,
      {
        username: 'helper',
        tierId: tier.id,
        isStaff: true,
        groupIds: [group.id],
        permissions: ['users.view', 'log.view'],
      },
      origin,
    );
    const actor = await world.loadActor(made.id);
    expect(actor).toEqual({
      accountId: made.id,
      username: 'helper',
      isStaff: true,
      isSuperuser: false,
      tokenGeneration: 1,
      imagesVersion: 1,
      permissions: new Set(['images.view', 'users.view', 'log.view']),
      tier: tierRulesOf(tier),
    });
  });

  it('is nobody for an unknown or inactive account', async () => {
    const { id } = await buildAccount(models(), { isActive: false });
    expect(await world.loadActor(id)).toBeNull();
    expect(await world.loadActor(uuidV7())).toBeNull();
  });
});

describe('making an account', () => {
  it('gives it the default tier and writes down who did it, without the password', async () => {
    const made = await world.createAccount(root, { username: 'Bob', email: 'bob@example.org', password }, origin);
    expect(made).toMatchObject({
      username: 'Bob',
      isActive: true,
      isStaff: false,
      tier: { name: 'Usual' },
      version: 1,
    });
    expect(made.passwordHash).toMatch(/^\$argon2id\$/);
    const entry = await world.lastEntry();
    expect(entry).toMatchObject({
      action: 'add',
      resource: 'users',
      recordId: made.id,
      recordTitle: 'Bob',
      actorId: root.accountId,
      actorName: root.username,
      address: '192.0.2.1',
      requestId: 'request-1',
      changes: { username: { to: 'Bob' }, email: { to: 'bob@example.org' }, tier: { to: 'Usual' } },
    });
    expect(JSON.stringify(entry)).not.toMatch(/argon2|a-good-password/);
  });

  it.each([
    ['a common password', { password: 'password1234' }, 'weak_password', 'password'],
    [
      'the username as password',
      { username: 'a-long-username', password: 'A-Long-Username' },
      'weak_password',
      'password',
    ],
    ['a short password', { password: 'short' }, 'weak_password', 'password'],
    ['a name that is none', { username: 'a b' }, 'invalid_request', 'username'],
    ['an address that is none', { email: 'a' }, 'invalid_request', 'email'],
    ['a tier that is not there', { tierId: uuidV7() }, 'invalid_request', 'tierId'],
    ['a group that is not there', { groupIds: [uuidV7()] }, 'invalid_request', 'groupIds'],
    ['a permission that is none', { permissions: ['images.fly'] }, 'invalid_request', 'permissions'],
    ['columns that nobody may write', { passwordHash: 'x' } as object, 'invalid_request', 'passwordHash'],
  ])('refuses %s, at its field, and leaves nothing', async (_, given, code, path) => {
    const before = [await models().Account.count(), await models().AuditEntry.count()];
    const error = await world.createAccount(root, { username: 'refused', ...given }, origin).catch((thrown) => thrown);
    expect(error).toMatchObject({ code });
    expect(error.errors[0].path).toBe(path);
    expect([await models().Account.count(), await models().AuditEntry.count()]).toEqual(before);
  });

  it('refuses a name that is taken, whatever its case and spelling, also when two come at once', async () => {
    const taken = { code: 'name_taken', status: 409, errors: [expect.objectContaining({ path: 'username' })] };
    await world.createAccount(root, { username: 'Zoë' }, origin);
    for (const username of ['zoë', 'ZOË', 'Zoe\u0308', 'ｚoë']) {
      await expect(world.createAccount(root, { username }, origin)).rejects.toMatchObject(taken);
    }
    const both = await Promise.allSettled(
      ['Twin', 'twin', 'TWIN'].map((username) => world.createAccount(root, { username }, origin)),
    );
    expect(both.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of both) if (one.status === 'rejected') expect(one.reason).toMatchObject(taken);
  });

  it('needs the permission, or to be the service itself', async () => {
    const username = () => `made-${uuidV7()}`;
    await expect(
      world.createAccount(await world.staff('users.view'), { username: username() }, origin),
    ).rejects.toMatchObject(denied);
    const outsider = await world.actor({ permissions: ['users.add'] });
    await expect(world.createAccount(outsider, { username: username() }, origin)).rejects.toMatchObject(denied);
    await expect(
      world.createAccount(await world.staff('users.add'), { username: username() }, origin),
    ).resolves.toBeDefined();
    await expect(world.createAccount(null, { username: username() }, null)).resolves.toBeDefined();
    expect(await world.lastEntry()).toMatchObject({ actorId: null, actorName: '' });
  });

  it('hands out nothing that the actor does not have', async () => {
    const clerk = await world.staff('users.add', 'images.view');
    const weak = await world.createGroup(root, { name: 'Weak', permissions: ['images.view'] }, origin);
    const strong = await world.createGroup(
      root,
      { name: 'Strong', permissions: ['images.view', 'tiers.delete'] },
      origin,
    );
    const make = (given: object) => world.createAccount(clerk, { username: `by-clerk-${uuidV7()}`, ...given }, origin);
    await expect(make({ isSuperuser: true })).rejects.toMatchObject(denied);
    await expect(make({ permissions: ['log.view'] })).rejects.toMatchObject(denied);
    await expect(make({ groupIds: [strong.id] })).rejects.toMatchObject(denied);
    await expect(make({ isStaff: true, permissions: ['images.view'], groupIds: [weak.id] })).resolves.toBeDefined();
  });
});

describe('changing an account', () => {
  it('writes down what was and what is, and counts its version', async () => {
    const other = await buildTier(models(), { name: 'Other tier' });
    const group = await world.createGroup(root, { name: 'Readers', permissions: ['log.view'] }, origin);
    const { id } = await world.createAccount(root, { username: 'changing' }, origin);
    world.jobs.length = 0;
    const changed = await world.updateAccount(
      root,
      id,
      {
        username: 'changed',
        email: 'c@example.org',
        isStaff: true,
        tierId: other.id,
        groupIds: [group.id],
        version: 1,
      },
      origin,
    );
    expect(changed).toMatchObject({ username: 'changed', isStaff: true, version: 2, imagesVersion: 2 });
    expect(changed.groups).toHaveLength(1);
    expect((await world.lastEntry()).changes).toEqual({
      username: { from: 'changing', to: 'changed' },
      email: { from: '', to: 'c@example.org' },
      isStaff: { from: false, to: true },
      tier: { from: 'Usual', to: 'Other tier' },
      groups: { from: [], to: ['Readers'] },
    });
    expect(world.jobs).toEqual([
      { kind: 'account-tier-changed', payload: { accountId: id }, createdBy: root.accountId },
    ]);
  });

  it('does nothing when nothing changes', async () => {
    const { id } = await world.createAccount(root, { username: 'same' }, origin);
    const before = await models().AuditEntry.count();
    expect(await world.updateAccount(root, id, { username: 'same', isActive: true }, origin)).toMatchObject({
      version: 1,
    });
    expect(await world.updateAccount(root, id, {}, origin)).toMatchObject({ version: 1 });
    expect(await models().AuditEntry.count()).toBe(before);
  });

  it('does not overwrite what somebody else changed meanwhile', async () => {
    const { id } = await world.createAccount(root, { username: 'edited' }, origin);
    const edits = await Promise.allSettled(
      [1, 2, 3, 4].map((at) => world.updateAccount(root, id, { email: `${at}@example.org`, version: 1 }, origin)),
    );
    expect(edits.filter((edit) => edit.status === 'fulfilled')).toHaveLength(1);
    for (const edit of edits) if (edit.status === 'rejected') expect(edit.reason).toMatchObject({ code: 'conflict' });
  });

  it('refuses a taken name and what is not there', async () => {
    const { id } = await world.createAccount(root, { username: 'first-name' }, origin);
    await world.createAccount(root, { username: 'second-name' }, origin);
    await expect(world.updateAccount(root, id, { username: 'SECOND-name' }, origin)).rejects.toMatchObject({
      code: 'name_taken',
    });
    await expect(world.updateAccount(root, id, { tierId: uuidV7() }, origin)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(world.updateAccount(root, id, { username: 'First-Name' }, origin)).resolves.toMatchObject({
      version: 2,
    });
    await expect(world.updateAccount(root, uuidV7(), { email: '' }, origin)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('ends tokens and sessions when the account is deactivated, and they do not come back with it', async () => {
    const account = await buildAccount(models());
    const { access, refresh } = await world.tokens.issue(account);
    const [session, other] = [await addSession(account.id), await addSession(root.accountId)];
    await world.updateAccount(root, account.id, { isActive: false }, origin);
    expect(await sessionIds()).not.toContain(session);
    expect(await sessionIds()).toContain(other);
    await world.updateAccount(root, account.id, { isActive: true }, origin);
    await expect(world.tokens.verify(access)).rejects.toMatchObject({ code: 'token_not_valid' });
    await expect(world.tokens.refresh(refresh)).rejects.toMatchObject({ code: 'token_not_valid' });
  });

  it('gives nobody more than the actor has, by no way around', async () => {
    const clerk = await world.staff('users.view', 'users.change', 'images.view');
    const strong = await world.createGroup(root, { name: 'Strong two', permissions: ['users.delete'] }, origin);
    const plain = await buildAccount(models());
    const change = (id: string, given: object) => world.updateAccount(clerk, id, given, origin);
    await expect(change(plain.id, { isSuperuser: true })).rejects.toMatchObject(denied);
    await expect(change(plain.id, { permissions: ['users.delete'] })).rejects.toMatchObject(denied);
    await expect(change(plain.id, { groupIds: [strong.id] })).rejects.toMatchObject(denied);
    await expect(change(clerk.accountId, { isSuperuser: true })).rejects.toMatchObject(denied);
    await expect(
      change(clerk.accountId, { permissions: ['users.view', 'users.change', 'log.view'] }),
    ).rejects.toMatchObject(denied);
    await expect(change(plain.id, { isStaff: true, permissions: ['images.view'] })).resolves.toBeDefined();
  });

  it('keeps who has more rights out of reach', async () => {
    const clerk = await world.staff('users.view', 'users.change', 'users.delete');
    const stronger = await world.staff('users.view', 'tiers.change');
    const inactive = await buildAccount(models(), { isSuperuser: true, isActive: false });
    const group = await world.createGroup(root, { name: 'Tier people', permissions: ['tiers.change'] }, origin);
    const byGroup = await world.createAccount(root, { username: 'by-group', groupIds: [group.id] }, origin);
    for (const id of [root.accountId, inactive.id, stronger.accountId, byGroup.id]) {
      await expect(world.updateAccount(clerk, id, { email: 'me@example.org' }, origin)).rejects.toMatchObject(denied);
      await expect(world.setPassword(clerk, id, password, origin)).rejects.toMatchObject(denied);
      await expect(world.endSessions(clerk, id, origin)).rejects.toMatchObject(denied);
      await expect(world.deleteAccount(clerk, id, origin)).rejects.toMatchObject(denied);
    }
    const weaker = await world.staff('users.view');
    await expect(world.setPassword(clerk, weaker.accountId, password, origin)).resolves.toBeUndefined();
  });
});

describe('the last superuser', () => {
  /** Six superusers, each about to be demoted, deactivated and deleted at once, over three servers. */
  async function attackEverybody(alone: AccountWorld, actorFor: (everybody: Actor[], at: number) => Actor | null) {
    const servers = [alone, accountUseCases(alone.database.another()), accountUseCases(alone.database.another())];
    const everybody = await Promise.all(Array.from({ length: 6 }, () => alone.superuser()));
    const attempts = everybody.flatMap((target, at) => {
      const actor = actorFor(everybody, at);
      const server = servers[at % servers.length]!;
      return [
        server.updateAccount(actor, target.accountId, { isSuperuser: false }, origin),
        server.updateAccount(actor, target.accountId, { isActive: false }, origin),
        server.deleteAccount(actor, target.accountId, origin),
      ];
    });
    const results = await Promise.allSettled(attempts);
    const left = await alone.database.models.Account.findAll({ where: { isSuperuser: true, isActive: true } });
    return { left, codes: results.map((result) => (result.status === 'rejected' ? result.reason.code : 'done')) };
  }

  it('remains when all remove each other at once: who was removed removes nobody any more', async () => {
    const alone = await openAccountWorld();
    const { left, codes } = await attackEverybody(alone, (everybody, at) => everybody[(at + 1) % everybody.length]!);
    expect(left.length).toBeGreaterThanOrEqual(1);
    const expected = ['done', 'last_superuser', 'not_found', 'permission_denied', 'token_not_valid'];
    expect(codes.filter((code) => !expected.includes(code))).toEqual([]);
    await alone.database.close();
  });

  it('cannot be demoted, deactivated or deleted, also by several at once', async () => {
    const alone = await openAccountWorld();
    const { left, codes } = await attackEverybody(alone, () => null);
    expect(left).toHaveLength(1);
    expect(codes).toContain('last_superuser');
    expect(codes.filter((code) => !['done', 'last_superuser', 'not_found'].includes(code))).toEqual([]);

    const [last] = left;
    const other = await alone.superuser();
    await alone.updateAccount(other, other.accountId, { isActive: false }, origin);
    for (const change of [{ isSuperuser: false }, { isActive: false }]) {
      await expect(alone.updateAccount(null, last!.id, change, null)).rejects.toMatchObject({
        code: 'last_superuser',
        status: 409,
      });
    }
    await expect(alone.deleteAccount(null, last!.id, null)).rejects.toMatchObject({ code: 'last_superuser' });
    await expect(alone.updateAccount(null, last!.id, { email: 'x@example.org' }, null)).resolves.toBeDefined();
    await expect(alone.deleteAccount(null, other.accountId, null)).resolves.toBeUndefined();
    await alone.database.close();
  });
});

describe('setting a password', () => {
  it('ends every token and session of that account', async () => {
    const account = await buildAccount(models(), { password: 'the-old-password-1' });
    const { access, refresh } = await world.tokens.issue(account);
    const session = await addSession(account.id);
    await world.setPassword(root, account.id, password, origin);
    await expect(world.tokens.verify(access)).rejects.toMatchObject({ code: 'token_not_valid' });
    await expect(world.tokens.refresh(refresh)).rejects.toMatchObject({ code: 'token_not_valid' });
    expect(await sessionIds()).not.toContain(session);
    await account.reload();
    expect(account).toMatchObject({ tokenGeneration: 2, version: 2 });
    await expect(world.deps.passwords.verify(account.passwordHash, password)).resolves.toBe(true);
    expect(await world.lastEntry()).toMatchObject({ action: 'set_password', recordId: account.id });
    expect(JSON.stringify(await world.lastEntry())).not.toContain(password);
  });

  it('follows the rules, and can make every password wrong', async () => {
    const account = await buildAccount(models(), { username: 'ruled-by-rules' });
    for (const weak of ['short', 'password1234', 'Ruled-By-Rules']) {
      await expect(world.setPassword(root, account.id, weak, origin)).rejects.toMatchObject({ code: 'weak_password' });
    }
    await world.setPassword(root, account.id, null, origin);
    expect((await account.reload()).passwordHash).toBeNull();
    await expect(world.setPassword(root, uuidV7(), password, origin)).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.setPassword(await world.staff(), account.id, password, origin)).rejects.toMatchObject(denied);
  });
});

describe('changing one’s own password', () => {
  const next = 'another-good-one-2';

  it('needs the current one, ends all that was let in by it, and lets new tokens work', async () => {
    const actor = await world.actor({ password });
    const account = await models().Account.findByPk(actor.accountId);
    const { access, refresh } = await world.tokens.issue(account!);
    const session = await addSession(actor.accountId);
    const changed = await world.changeOwnPassword(actor, { current: password, new: next }, origin);
    await expect(world.tokens.verify(access)).rejects.toMatchObject({ code: 'token_not_valid' });
    await expect(world.tokens.refresh(refresh)).rejects.toMatchObject({ code: 'token_not_valid' });
    expect(await sessionIds()).not.toContain(session);
    const pair = await world.tokens.issue(changed);
    await expect(world.tokens.verify(pair.access)).resolves.toBeUndefined();
    const again = await world.loadActor(actor.accountId);
    await expect(world.changeOwnPassword(again!, { current: next, new: password }, origin)).resolves.toBeDefined();
  });

  it('says at which field what is wrong', async () => {
    const actor = await world.actor({ username: 'own-own-own-own', password });
    const change = (current: string, fresh: string) =>
      world.changeOwnPassword(actor, { current, new: fresh }, { ...origin, address: '192.0.2.99' });
    await expect(change('wrong', next)).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'current' }],
    });
    await expect(change(password, 'short')).rejects.toMatchObject({ code: 'weak_password', errors: [{ path: 'new' }] });
    await expect(change(password, 'OWN-own-own-own')).rejects.toMatchObject({ code: 'weak_password' });
    await expect(change(password, password)).rejects.toMatchObject({
      code: 'weak_password',
      errors: [{ path: 'new' }],
    });
    await expect(change(password, next)).resolves.toBeDefined();
  });

  it('counts wrong ones as failed logins, so that a stolen token does not help to guess', async () => {
    const actor = await world.actor({ password });
    const from = { ...origin, address: '203.0.113.8' };
    for (let guess = 0; guess < 10; guess += 1) {
      await expect(
        world.changeOwnPassword(actor, { current: `guess-${guess}`, new: next }, from),
      ).rejects.toMatchObject({ code: 'invalid_request' });
    }
    await expect(world.changeOwnPassword(actor, { current: password, new: next }, from)).rejects.toMatchObject({
      code: 'rate_limited',
    });
  });

  it('happens once when two come at once', async () => {
    const actor = await world.actor({ password });
    const results = await Promise.allSettled(
      ['first-new-password', 'other-new-password'].map((fresh) =>
        world.changeOwnPassword(actor, { current: password, new: fresh }, { ...origin, address: '198.51.100.3' }),
      ),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('deleting an account', () => {
  it('takes everything with it at once, and leaves a tombstone for every object', async () => {
    const account = await buildAccount(models());
    const other = await buildAccount(models());
    const stored = await addImage(account.id);
    const coming = await addImage(account.id, { state: 'uploading', uploadLeaseUntil: new Date(Date.now() + 60_000) });
    const foreign = await addImage(other.id);
    await models().Thumbnail.create({
      imageId: stored.id,
      tierHeight: 200,
      format: 'same',
      width: 2,
      height: 2,
      bytes: 10,
      contentType: 'image/png',
      objectKey: `${stored.objectKey}/t`,
    });
    await models().ExpiringLink.create({
      id: uuidV7(),
      imageId: stored.id,
      ownerId: account.id,
      expireTimeSeconds: 300,
      expiresAt: new Date(Date.now() + 300_000),
    });
    const { access } = await world.tokens.issue(account);
    const session = await addSession(account.id);
    await world.deleteAccount(root, account.id, origin);

    const tombstones = await models().Tombstone.findAll({ where: { imageId: [stored.id, coming.id, foreign.id] } });
    expect(tombstones.map(({ objectKey }) => objectKey).sort()).toEqual([stored.objectKey, coming.objectKey].sort());
    expect(await models().Image.count({ where: { ownerId: account.id } })).toBe(0);
    expect(await models().Thumbnail.count({ where: { imageId: stored.id } })).toBe(0);
    expect(await models().ExpiringLink.count({ where: { ownerId: account.id } })).toBe(0);
    expect(await models().RefreshToken.count({ where: { accountId: account.id } })).toBe(0);
    expect(await models().Image.count({ where: { ownerId: other.id } })).toBe(1);
    expect(await sessionIds()).not.toContain(session);
    await expect(world.tokens.verify(access)).rejects.toMatchObject({ code: 'token_not_valid' });
    expect(await world.lastEntry()).toMatchObject({
      action: 'delete',
      recordId: account.id,
      recordTitle: account.username,
      changes: { images: { from: 2 } },
    });
  });

  it('is not for oneself, nor without the permission, nor twice', async () => {
    await expect(world.deleteAccount(root, root.accountId, origin)).rejects.toMatchObject(denied);
    const { id } = await buildAccount(models());
    await expect(world.deleteAccount(await world.staff('users.change'), id, origin)).rejects.toMatchObject(denied);
    await world.deleteAccount(root, id, origin);
    await expect(world.deleteAccount(root, id, origin)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leaves no image behind that came in meanwhile', async () => {
    const account = await buildAccount(models());
    const uploads = Array.from({ length: 20 }, () => addImage(account.id));
    const results = await Promise.allSettled([...uploads, world.deleteAccount(root, account.id, origin)]);
    expect(results.at(-1)!.status).toBe('fulfilled');
    const stored = results.slice(0, -1).filter((result) => result.status === 'fulfilled').length;
    expect(await models().Image.count({ where: { ownerId: account.id } })).toBe(0);
    expect((await world.lastEntry()).changes).toEqual({ images: { from: stored } });
  });
});

describe('logging somebody out', () => {
  it('ends tokens and sessions, and keeps the password', async () => {
    const account = await buildAccount(models(), { password });
    const { refresh } = await world.tokens.issue(account);
    await world.endSessions(root, account.id, origin);
    await expect(world.tokens.refresh(refresh)).rejects.toMatchObject({ code: 'token_not_valid' });
    await account.reload();
    await expect(world.deps.passwords.verify(account.passwordHash, password)).resolves.toBe(true);
    expect(await world.lastEntry()).toMatchObject({ action: 'end_sessions' });
  });
});

describe('the list of accounts', () => {
  it('pages in every order without a gap or a double, and filters', async () => {
    const own = await openAccountWorld();
    const boss = await own.superuser();
    const tier = await buildTier(own.database.models, { isDefault: true });
    for (let at = 0; at < 12; at += 1) {
      await buildAccount(own.database.models, {
        username: `list_${String.fromCharCode(97 + ((at * 5) % 12))}%x`.replace('%', '.'),
        email: at % 2 ? `odd${at}@example.org` : '',
        dateJoined: new Date(2026, 0, 1 + Math.floor(at / 3)),
        tierId: tier.id,
        isActive: at !== 3,
      });
    }
    const names = (page: { items: { username: string }[] }) => page.items.map(({ username }) => username);
    for (const order of ['username', '-username', 'dateJoined', '-dateJoined'] as const) {
      const all = names(await own.listAccounts(boss, { order }));
      const paged: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await own.listAccounts(boss, { order, limit: 5, cursor });
        paged.push(...names(page));
        cursor = page.nextCursor ?? undefined;
      } while (cursor);
      expect(paged).toEqual(all);
      expect(all).toHaveLength(13);
    }
    expect(names(await own.listAccounts(boss, { search: 'LIST_ odd' }))).toHaveLength(6);
    expect(names(await own.listAccounts(boss, { search: 'list%x' }))).toEqual([]);
    expect(names(await own.listAccounts(boss, { search: 'list_ \\ \0' }))).toEqual([]);
    expect(names(await own.listAccounts(boss, { isActive: false }))).toHaveLength(1);
    expect(names(await own.listAccounts(boss, { tierId: tier.id, isStaff: true }))).toEqual([]);
    const [first] = (await own.listAccounts(boss, { limit: 1 })).items;
    expect(first!.tier!.id).toBe(tier.id);

    const { nextCursor } = await own.listAccounts(boss, { limit: 1 });
    for (const cursor of [
      'x',
      '',
      'W10',
      nextCursor!.slice(3),
      Buffer.from('["dateJoined","now()","1"]').toString('base64url'),
    ]) {
      await expect(own.listAccounts(boss, { cursor })).rejects.toMatchObject({ code: 'invalid_request' });
    }
    await expect(own.listAccounts(boss, { cursor: nextCursor!, order: '-username' })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(own.listAccounts(await own.staff(), {})).rejects.toMatchObject(denied);
    await own.database.close();
  });
});

describe('the first admin', () => {
  it('is made once, with a strong password that is shown once, by one of several servers', async () => {
    const database = await openTestDatabase();
    await buildTier(database.models, { isDefault: true });
    const servers = [database, database.another(), database.another()].map((one) =>
      ensureFirstAdmin(accountUseCases(one).deps),
    );
    const made = (await Promise.all(servers.map((server) => server({ username: 'admin' })))).filter(
      (one) => one !== null,
    );
    expect(made).toHaveLength(1);
    const [admin] = made;
    expect(admin!.password).toMatch(/^([a-z2-9]{4}-){4}[a-z2-9]{4}$/);
    expect(checkPassword(admin!.password, 'admin')).toEqual([]);
    const account = await database.models.Account.findOne({ where: { username: 'admin' } });
    expect(account).toMatchObject({ isSuperuser: true, isStaff: true, isActive: true });
    await expect(accountUseCases(database).deps.passwords.verify(account!.passwordHash, admin!.password)).resolves.toBe(
      true,
    );
    expect(JSON.stringify(await database.models.AuditEntry.findAll())).not.toContain(admin!.password);
    await database.close();
  });

  it('has the password that was given, which creates and never resets', async () => {
    const database = await openTestDatabase();
    await buildTier(database.models, { isDefault: true });
    const { deps } = accountUseCases(database);
    expect(await ensureFirstAdmin(deps)({ username: 'boss', password })).toBeNull();
    const account = await database.models.Account.findOne({ where: { username: 'boss' } });
    await expect(deps.passwords.verify(account!.passwordHash, password)).resolves.toBe(true);
    expect(await ensureFirstAdmin(deps)({ username: 'boss', password: 'another-password-2' })).toBeNull();
    expect(await ensureFirstAdmin(deps)({ username: 'second' })).toBeNull();
    expect((await account!.reload()).passwordHash).toBe(account!.passwordHash);
    await expect(deps.passwords.verify(account!.passwordHash, password)).resolves.toBe(true);
    expect(await database.models.Account.count()).toBe(1);
    await database.close();
  });

  it('does not make an administrator of somebody who happens to have the name', async () => {
    const database = await openTestDatabase();
    const account = await buildAccount(database.models, { username: 'admin' });
    const said: string[] = [];
    const logger = { warn: (message: string) => said.push(message) };
    expect(await ensureFirstAdmin({ ...accountUseCases(database).deps, logger })({ username: 'Admin' })).toBeNull();
    expect((await account.reload()).isSuperuser).toBe(false);
    expect(said.join()).toContain('createsuperuser');
    await database.close();
  });
});

describe('groups', () => {
  it('are made, changed and deleted by who has what they permit', async () => {
    const group = await world.createGroup(
      root,
      { name: ' Night  shift ', permissions: ['images.view', 'images.delete'] },
      origin,
    );
    expect(group.name).toBe('Night  shift');
    const member = await world.createAccount(root, { username: 'night', isStaff: true, groupIds: [group.id] }, origin);
    expect((await world.loadActor(member.id))!.permissions).toEqual(new Set(['images.view', 'images.delete']));

    const clerk = await world.staff('groups.add', 'groups.change', 'groups.delete', 'images.view');
    const change = (actor: Actor, given: object) => world.updateGroup(actor, group.id, given, origin);
    await expect(world.createGroup(clerk, { name: 'X', permissions: ['users.delete'] }, origin)).rejects.toMatchObject(
      denied,
    );
    await expect(change(clerk, { permissions: ['images.view', 'images.delete', 'log.view'] })).rejects.toMatchObject(
      denied,
    );
    await expect(change(clerk, { permissions: ['images.view'] })).rejects.toMatchObject(denied);
    await expect(world.deleteGroup(clerk, group.id, origin)).rejects.toMatchObject(denied);
    await expect(change(clerk, { name: 'Day shift', version: 1 })).resolves.toMatchObject({
      name: 'Day shift',
      version: 2,
    });
    await expect(change(root, { name: 'Other', version: 1 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(change(root, { permissions: ['images.view'] })).resolves.toMatchObject({ version: 3 });
    expect(await world.lastEntry()).toMatchObject({
      action: 'change',
      resource: 'groups',
      recordTitle: 'Day shift',
      changes: { permissions: { from: ['images.delete', 'images.view'], to: ['images.view'] } },
    });
    expect((await world.loadActor(member.id))!.permissions).toEqual(new Set(['images.view']));

    await world.deleteGroup(root, group.id, origin);
    expect((await world.loadActor(member.id))!.permissions).toEqual(new Set());
    expect(await world.lastEntry()).toMatchObject({ action: 'delete', changes: { members: { from: 1 } } });
    await expect(world.deleteGroup(root, group.id, origin)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('refuse bad names, taken names and permissions that are none', async () => {
    await world.createGroup(root, { name: 'Taken' }, origin);
    const make = (given: object) => world.createGroup(root, { name: 'Fine', ...given }, origin);
    await expect(make({ name: 'TAKEN' })).rejects.toMatchObject({ code: 'name_taken', errors: [{ path: 'name' }] });
    await expect(make({ name: '  ' })).rejects.toMatchObject({ code: 'invalid_request', errors: [{ path: 'name' }] });
    await expect(make({ name: 'x'.repeat(151) })).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(make({ permissions: ['log.delete'] })).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'permissions' }],
    });
    await expect(world.createGroup(await world.staff('groups.view'), { name: 'No' }, origin)).rejects.toMatchObject(
      denied,
    );
  });
});
