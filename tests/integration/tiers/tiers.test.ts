import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import type { Actor } from '../../../server/kernel/actor.ts';
import { ensureFirstTiers } from '../../../server/tiers/first-tiers.ts';
import { type AccountWorld, accountUseCases, openAccountWorld, origin } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { openTestDatabase } from '../../support/open-test-database.ts';

const denied = { code: 'permission_denied', status: 403 };

let world: AccountWorld;
let root: Actor;

beforeAll(async () => {
  world = await openAccountWorld();
  root = await world.superuser();
});
afterAll(() => world.database.close());
beforeEach(() => {
  world.jobs.length = 0;
});

const models = () => world.database.models;
const defaults = async () => (await models().Tier.findAll({ where: { isDefault: true } })).map(({ name }) => name);
const named = (name: string) => ({ name, thumbnailHeights: [200] });

describe('the first tiers', () => {
  it('are Basic, the default, Premium and Enterprise, made once by one of several servers', async () => {
    const database = await openTestDatabase();
    const servers = [database, database.another(), database.another()].map((one) =>
      ensureFirstTiers(accountUseCases(one).deps),
    );
    const made = await Promise.all(servers.map((server) => server()));
    expect(made.map((tiers) => tiers.length).sort()).toEqual([0, 0, 3]);
    const tiers = await database.models.Tier.findAll({ order: ['createdAt', 'id'] });
    const usual = {
      expiringLinkMinSeconds: 300,
      expiringLinkMaxSeconds: 30_000,
      maxUploadBytes: 52_428_800,
      quotaBytes: null,
      requestsPerMinute: null,
      uploadsPerHour: null,
    };
    expect(tiers.map((tier) => tier.toJSON())).toEqual([
      expect.objectContaining({
        ...usual,
        name: 'Basic',
        thumbnailHeights: [200],
        isDefault: true,
        originalLink: false,
        expiringLink: false,
      }),
      expect.objectContaining({
        ...usual,
        name: 'Premium',
        thumbnailHeights: [200, 400],
        isDefault: false,
        originalLink: true,
        expiringLink: false,
      }),
      expect.objectContaining({
        ...usual,
        name: 'Enterprise',
        thumbnailHeights: [200, 400],
        isDefault: false,
        originalLink: true,
        expiringLink: true,
      }),
    ]);
    await database.models.Tier.destroy({ where: { name: ['Basic', 'Premium'] } });
    expect(await servers[0]!()).toEqual([]);
    expect(await database.models.Tier.count()).toBe(1);
    await database.close();
  });
});

describe('a new tier', () => {
  it('is the default when it is the first, and takes the default over when it is told to', async () => {
    const own = await openTestDatabase();
    const { createTier } = accountUseCases(own);
    const first = await createTier(null, named('First'), null);
    expect(first.isDefault).toBe(true);
    expect((await createTier(null, named('Second'), null)).isDefault).toBe(false);
    expect((await createTier(null, { ...named('Third'), isDefault: true }, null)).isDefault).toBe(true);
    expect((await first.reload()).isDefault).toBe(false);
    await own.close();
  });

  it('is written down, and needs the permission', async () => {
    const tier = await world.createTier(root, { ...named('Written'), thumbnailHeights: [400, 200, 200] }, origin);
    expect(tier.thumbnailHeights).toEqual([200, 400]);
    expect(await world.lastEntry()).toMatchObject({
      action: 'add',
      resource: 'tiers',
      recordId: tier.id,
      recordTitle: 'Written',
      changes: { name: { to: 'Written' }, thumbnailHeights: { to: [200, 400] }, quotaBytes: { to: null } },
    });
    await expect(world.createTier(await world.staff('tiers.change'), named('No'), origin)).rejects.toMatchObject(
      denied,
    );
    await expect(world.createTier(root, named('WRITTEN'), origin)).rejects.toMatchObject({
      code: 'name_taken',
      errors: [{ path: 'name' }],
    });
    await expect(world.createTier(root, { ...named('Y'), thumbnailHeights: [15] }, origin)).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('changing a tier', () => {
  it('counts its version, tells what changed, and asks for the thumbnails that are missing now', async () => {
    const tier = await world.createTier(root, named('Changing'), origin);
    const changed = await world.updateTier(root, tier.id, { thumbnailHeights: [400, 200], version: 1 }, origin);
    expect(changed).toMatchObject({ thumbnailHeights: [200, 400], version: 2 });
    expect((await world.lastEntry()).changes).toEqual({ thumbnailHeights: { from: [200], to: [200, 400] } });
    expect(world.jobs).toEqual([{ kind: 'tier-changed', payload: { tierId: tier.id }, createdBy: root.accountId }]);
    await world.updateTier(root, tier.id, { thumbnailFormat: 'webp' }, origin);
    expect(world.jobs).toHaveLength(2);
    await world.updateTier(
      root,
      tier.id,
      { name: 'Renamed', originalLink: true, quotaBytes: 10, thumbnailHeights: [200, 400] },
      origin,
    );
    expect(world.jobs).toHaveLength(2);
    expect(await tier.reload()).toMatchObject({ name: 'Renamed', originalLink: true, quotaBytes: 10, version: 4 });
    await world.updateTier(root, tier.id, { quotaBytes: null }, origin);
    expect((await tier.reload()).quotaBytes).toBeNull();
  });

  it('does nothing when nothing changes', async () => {
    const tier = await world.createTier(root, named('Same'), origin);
    const before = await models().AuditEntry.count();
    expect(await world.updateTier(root, tier.id, { name: 'Same', thumbnailHeights: [200, 200] }, origin)).toMatchObject(
      { version: 1 },
    );
    expect(await models().AuditEntry.count()).toBe(before);
    expect(world.jobs).toEqual([]);
  });

  it('checks the bounds of links with what the tier has', async () => {
    const tier = await world.createTier(root, named('Bounds'), origin);
    await expect(world.updateTier(root, tier.id, { expiringLinkMinSeconds: 30_001 }, origin)).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'expiringLinkMaxSeconds' }],
    });
    await expect(
      world.updateTier(root, tier.id, { expiringLinkMinSeconds: 30_001, expiringLinkMaxSeconds: 40_000 }, origin),
    ).resolves.toBeDefined();
  });

  it('keeps one default, whoever changes it at the same time', async () => {
    const tiers = [];
    for (let at = 0; at < 6; at += 1) tiers.push(await world.createTier(root, named(`Default ${at}`), origin));
    const other = accountUseCases(world.database.another(), world.jobs);
    const results = await Promise.allSettled(
      tiers.map(({ id }, at) => (at % 2 ? world : other).updateTier(root, id, { isDefault: true }, origin)),
    );
    expect(results.filter((result) => result.status === 'rejected')).toEqual([]);
    expect(await defaults()).toHaveLength(1);
    const current = await models().Tier.findOne({ where: { isDefault: true } });
    await expect(world.updateTier(root, current!.id, { isDefault: false }, origin)).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ path: 'isDefault' }],
    });
  });

  it('does not overwrite what somebody else changed meanwhile', async () => {
    const tier = await world.createTier(root, named('Edited'), origin);
    const edits = await Promise.allSettled(
      [100, 300, 500].map((height) =>
        world.updateTier(root, tier.id, { thumbnailHeights: [height], version: 1 }, origin),
      ),
    );
    expect(edits.filter((edit) => edit.status === 'fulfilled')).toHaveLength(1);
    for (const edit of edits) if (edit.status === 'rejected') expect(edit.reason).toMatchObject({ code: 'conflict' });
    await expect(world.updateTier(root, uuidV7(), {}, origin)).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.updateTier(await world.staff('tiers.view'), tier.id, {}, origin)).rejects.toMatchObject(denied);
    await world.createTier(root, named('Edited two'), origin);
    await expect(world.updateTier(root, tier.id, { name: 'EDITED TWO' }, origin)).rejects.toMatchObject({
      code: 'name_taken',
    });
  });
});

describe('deleting a tier', () => {
  it('says how many accounts have it, and moves them first when it is told where to', async () => {
    const target = await world.createTier(root, { ...named('Target'), thumbnailHeights: [100] }, origin);
    const tier = await world.createTier(root, named('Leaving'), origin);
    const accounts = [];
    for (let at = 0; at < 3; at += 1) accounts.push(await buildAccount(models(), { tierId: tier.id }));
    await expect(world.deleteTier(root, tier.id, origin)).rejects.toMatchObject({
      code: 'in_use',
      status: 409,
      detail: '3 accounts have this tier. Give them another one first.',
      extra: { accounts: 3 },
    });
    for (const moveAccountsTo of [tier.id, uuidV7()]) {
      await expect(world.deleteTier(root, tier.id, origin, { moveAccountsTo })).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
    await world.deleteTier(root, tier.id, origin, { moveAccountsTo: target.id });
    expect(await models().Tier.findByPk(tier.id)).toBeNull();
    for (const account of accounts) {
      expect(await account.reload()).toMatchObject({ tierId: target.id, version: 2, imagesVersion: 2 });
    }
    expect(world.jobs).toEqual([{ kind: 'tier-changed', payload: { tierId: target.id }, createdBy: root.accountId }]);
    expect(await world.lastEntry()).toMatchObject({
      action: 'delete',
      recordTitle: 'Leaving',
      changes: { name: { from: 'Leaving' } },
    });
    await expect(world.deleteTier(root, tier.id, origin)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('never takes the default tier', async () => {
    const tier = await world.createTier(root, { ...named('Stays'), isDefault: true }, origin);
    await expect(world.deleteTier(root, tier.id, origin)).rejects.toMatchObject({
      code: 'in_use',
      extra: { accounts: 0 },
    });
    expect(await defaults()).toEqual(['Stays']);
  });

  it('leaves no account without a tier, whoever gets it at the same time', async () => {
    for (let round = 0; round < 15; round += 1) {
      const tier = await world.createTier(root, named(`Race ${round}`), origin);
      const results = await Promise.allSettled([
        world.createAccount(root, { username: `race-${round}`, tierId: tier.id }, origin),
        world.deleteTier(root, tier.id, origin),
      ]);
      const codes = results.map((result) => (result.status === 'rejected' ? result.reason.code : 'done'));
      expect([
        ['done', 'in_use'],
        ['invalid_request', 'done'],
      ]).toContainEqual(codes);
    }
  });
});

describe('moving the accounts of a tier', () => {
  it('needs the right to change users, and a superuser when one of them is a superuser', async () => {
    const [from, to] = [await buildTier(models()), await buildTier(models())];
    await buildAccount(models(), { tierId: from.id });
    const clerk = await world.staff('users.change', 'tiers.delete');
    await expect(world.moveAccounts(await world.staff('tiers.change'), from.id, to.id, origin)).rejects.toMatchObject(
      denied,
    );
    await expect(world.moveAccounts(clerk, from.id, to.id, origin)).resolves.toEqual({ moved: 1 });
    expect(await world.lastEntry()).toMatchObject({ action: 'move_accounts', changes: { accounts: { to: 1 } } });
    await expect(world.moveAccounts(clerk, from.id, to.id, origin)).resolves.toEqual({ moved: 0 });
    await buildAccount(models(), { tierId: from.id, isSuperuser: true });
    await expect(world.moveAccounts(clerk, from.id, to.id, origin)).rejects.toMatchObject(denied);
  });
});

describe('the list of tiers', () => {
  it('says how many accounts have each', async () => {
    const tier = await buildTier(models(), { name: 'AAA first' });
    await buildAccount(models(), { tierId: tier.id });
    await buildAccount(models(), { tierId: tier.id });
    const [first] = await world.listTiers(await world.staff('tiers.view'));
    expect(first).toMatchObject({ tier: { name: 'AAA first' }, accounts: 2 });
    await expect(world.listTiers(await world.staff())).rejects.toMatchObject(denied);
  });
});
