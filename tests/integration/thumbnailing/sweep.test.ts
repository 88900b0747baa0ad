import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../../core/errors.ts';
import { createRecipe } from '../../../core/thumbnails/recipe.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { createSequelize } from '../../../server/db/sequelize.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { leaveTombstone } from '../../../server/images/tombstone-table.ts';
import { createModels } from '../../../server/models.ts';
import { applyResultOf } from '../../../server/thumbnailing/apply-result.ts';
import { createSweep } from '../../../server/thumbnailing/sweep.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const minute = 60_000;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);

describe('the sweep', () => {
  let world: ThumbnailingWorld;
  let tier: TierModel;
  let owner: AccountModel;
  let sweep: ReturnType<typeof createSweep>;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tier = await world.buildTier({ thumbnailHeights: [200, 400] });
    owner = await world.buildAccount(tier);
    sweep = createSweep(world);
    world.invoker.asked = [];
    world.invoker.state = { status: 'ok', queued: 0 };
    world.invoker.answer = async () => {};
    world.store.isAway = false;
  });
  afterEach(async () => {
    await sweep.stop();
    await world.sequelize.query('DELETE FROM images');
    await world.sequelize.query('DELETE FROM tombstones');
    for (const bucket of ['originals', 'thumbnails'] as const)
      await world.store.delete(bucket, world.store.keys(bucket));
  });

  const buildDue = (fields = {}) => world.buildImage(owner, { workDueAt: ago(1000), ...fields });
  const dueInMinutes = (image: ImageModel) => ((image.workDueAt?.getTime() ?? Number.NaN) - Date.now()) / minute;

  describe('images that are due', () => {
    it('takes in a result whose event was lost, without asking the function', async () => {
      const image = await buildDue();
      await world.writeResult(image.objectKey, createRecipe(tier));
      expect((await sweep.runOnce()).counts).toMatchObject({ found: 1, asked: 0 });
      expect(await image.reload()).toMatchObject({ status: 'ready', workDueAt: null, attempts: 0 });
      expect(world.invoker.asked).toEqual([]);
    });

    it('asks for what is missing, and waits one, two, four … at most sixty minutes for the answer', async () => {
      const image = await buildDue();
      for (const wait of [1, 2, 4, 8, 16, 32, 60, 60]) {
        await sweep.runOnce();
        await image.reload();
        expect(dueInMinutes(image) / wait).toBeGreaterThan(0.85);
        expect(dueInMinutes(image) / wait).toBeLessThan(1.11);
        await image.update({ workDueAt: ago(1000) });
      }
      expect(world.invoker.asked).toHaveLength(8);
      expect(world.invoker.asked[0]).toEqual({
        originalKey: image.objectKey,
        ownerId: owner.id,
        recipe: createRecipe(tier),
      });
      expect(image.status).toBe('processing');
    });

    it('lets owners take turns: one with a thousand does not make the others wait', async () => {
      const accounts = [owner, ...(await Promise.all([1, 2, 3].map(() => world.buildAccount(tier))))];
      for (let number = 0; number < 200; number += 1) await buildDue({ workDueAt: ago(minute * 60 + number) });
      for (const each of accounts.slice(1)) {
        for (let number = 0; number < 3; number += 1) await world.buildImage(each, { workDueAt: ago(1000 - number) });
      }
      world.invoker.state = { status: 'ok', queued: 64 - 16 };
      await sweep.runOnce();
      const asked = accounts.map(({ id }) => world.invoker.asked.filter(({ ownerId }) => ownerId === id).length);
      expect(asked).toEqual([7, 3, 3, 3]);
    });

    it('asks for all that is due, however many owners there are', async () => {
      const accounts = await Promise.all(Array.from({ length: 12 }, () => world.buildAccount(tier)));
      for (const each of accounts) {
        for (let number = 0; number < 5; number += 1) await world.buildImage(each, { workDueAt: ago(1000) });
      }
      await sweep.runOnce();
      expect(new Set(world.invoker.asked.map(({ originalKey }) => originalKey)).size).toBe(60);
    });

    it('asks only for the heights that the tier gained', async () => {
      const image = await buildDue();
      await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
      await tier.update({ thumbnailHeights: [200, 300, 400] });
      await image.update({ workDueAt: ago(1000) });
      await sweep.runOnce();
      expect(world.invoker.asked.map(({ recipe }) => recipe?.heights)).toEqual([[300]]);
    });

    it.each([
      ['complete', { status: 'ready' as const }],
      ['failed', { status: 'failed' as const, failureCode: 'undecodable' }],
      ['given up after three crashes', { status: 'ready' as const, crashCount: 3 }],
    ])('lets an image be that is %s', async (word, fields) => {
      const image = await buildDue();
      if (word === 'complete') await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
      await image.update({ ...fields, workDueAt: ago(1000) });
      await sweep.runOnce();
      expect(world.invoker.asked).toEqual([]);
      expect((await image.reload()).workDueAt).toBeNull();
    });

    it('leaves what is not due, and what is still being uploaded', async () => {
      await world.buildImage(owner);
      await buildDue({ state: 'uploading', uploadLeaseUntil: new Date(Date.now() + minute) });
      await sweep.runOnce();
      expect(world.invoker.asked).toEqual([]);
    });

    it('asks once for each image when four servers sweep at the same time', async () => {
      for (let count = 0; count < 60; count += 1) await buildDue();
      const others = Array.from({ length: 3 }, () => createSequelize({ url: world.database.url, poolSize: 3 }));
      const sweeps = others.map((sequelize) => {
        const models = createModels(sequelize);
        return createSweep({
          ...world,
          sequelize,
          models,
          applyResult: applyResultOf({ ...world, sequelize }),
        });
      });
      await Promise.all([sweep, ...sweeps].map((each) => each.runOnce()));
      const keys = world.invoker.asked.map(({ originalKey }) => originalKey);
      expect(new Set(keys).size).toBe(60);
      expect(keys).toHaveLength(60);
      await Promise.all(others.map((sequelize) => sequelize.close()));
    });

    it('does not flood the function: it fills its queue, and comes back for the rest', async () => {
      for (let count = 0; count < 100; count += 1) await buildDue();
      world.invoker.state = { status: 'ok', queued: 44 };
      await sweep.runOnce();
      expect(world.invoker.asked).toHaveLength(20);
      const untouched = await world.models.Image.count({ where: { attempts: 0 } });
      expect(untouched).toBe(80);
    });

    it('only knocks at the door of a function that is down', async () => {
      for (let count = 0; count < 20; count += 1) await buildDue();
      world.invoker.state = { status: 'down' };
      world.invoker.answer = async () => {
        throw new Error('down');
      };
      await sweep.runOnce();
      expect(world.invoker.asked).toHaveLength(3);
      expect(Object.keys(sweep.status().faults)).toEqual(['images']);
      expect(await world.models.Image.count({ where: { attempts: 0 } })).toBe(17);
    });

    it('settles all images when one event in ten is lost', async () => {
      const images: ImageModel[] = [];
      for (let count = 0; count < 40; count += 1) images.push(await buildDue());
      let answers = 0;
      world.invoker.answer = async ({ originalKey, recipe }) => {
        const keys = await world.writeResult(originalKey, recipe!);
        answers += 1;
        if (answers % 10 !== 0) await world.applyResult(keys);
      };
      await sweep.runOnce();
      expect(await world.models.Image.count({ where: { status: 'processing' } })).toBe(4);
      await world.sequelize.query(`UPDATE images SET work_due_at = now() WHERE work_due_at IS NOT NULL`);
      await sweep.runOnce();
      expect(await world.models.Image.count({ where: { status: 'ready', workDueAt: null } })).toBe(40);
      expect(answers).toBe(40);
    });

    it('does not take a tier change away that comes between its look and its word', async () => {
      const image = await buildDue();
      await world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
      await image.update({ workDueAt: ago(1000) });
      const { query } = world.sequelize;
      const spy = jest.spyOn(world.sequelize, 'query').mockImplementation((async (...parameters: unknown[]) => {
        const rows = await Reflect.apply(query, world.sequelize, parameters);
        if (!String(parameters[0]).includes('AS missing')) return rows;
        spy.mockRestore();
        await tier.update({ thumbnailHeights: [200, 300, 400] });
        await image.update({ workDueAt: ago(1000) });
        return rows;
      }) as never);
      await sweep.runOnce();
      expect(world.invoker.asked.map(({ recipe }) => recipe?.heights)).toEqual([[300]]);
    });
  });

  describe('dead uploads', () => {
    const buildUpload = (leaseUntil: Date, fields = {}) =>
      world.buildImage(owner, {
        state: 'uploading',
        uploadLeaseUntil: leaseUntil,
        reservedBytes: 1000,
        bytes: null,
        workDueAt: null,
        ...fields,
      });

    it('gives back name, quota and bytes of an upload whose lease ended', async () => {
      const dead = await buildUpload(ago(minute), { name: 'cat.png' });
      world.store.touch('originals', dead.objectKey, ago(2 * minute));
      expect((await sweep.runOnce()).counts.ended).toBe(1);
      expect(await world.models.Image.count()).toBe(0);
      expect(world.store.keys('originals')).toEqual([]);
      expect((await owner.reload()).usedBytes).toBe(0);
      await expect(world.buildImage(owner, { name: 'cat.png' })).resolves.toBeDefined();
    });

    it('leaves an upload that is alive', async () => {
      await buildUpload(new Date(Date.now() + minute));
      await sweep.runOnce();
      expect(await world.models.Image.count()).toBe(1);
      expect(world.store.keys('originals')).toHaveLength(1);
    });

    it('leaves an upload that moves its lease on at the last moment', async () => {
      const late = await buildUpload(ago(1000));
      const { head } = world.store;
      world.store.head = async (...parameters) => {
        await late.update({ uploadLeaseUntil: new Date(Date.now() + minute) });
        return head(...parameters);
      };
      await sweep.runOnce();
      world.store.head = head;
      expect(await world.models.Image.count()).toBe(1);
      expect(world.store.keys('originals')).toHaveLength(1);
    });

    it('deletes bytes that arrive after all', async () => {
      const dead = await buildUpload(ago(minute));
      world.store.touch('originals', dead.objectKey, ago(2 * minute));
      await sweep.runOnce();
      await world.store.put('originals', dead.objectKey, Buffer.alloc(5), { contentType: 'image/png' });
      await world.sequelize.query('UPDATE tombstones SET sweep_due_at = now()');
      await sweep.runOnce();
      expect(world.store.keys('originals')).toEqual([]);
    });

    it('keeps an original that is newer than the upload that the database knows: a restored backup', async () => {
      const upload = await buildUpload(ago(24 * 60 * minute));
      await sweep.runOnce();
      await world.sequelize.query('UPDATE tombstones SET sweep_due_at = now()');
      await sweep.runOnce();
      expect(await world.models.Image.count()).toBe(0);
      expect(world.store.keys('originals')).toEqual([upload.objectKey]);
    });

    it('counts the quota back once when four servers sweep at the same time', async () => {
      for (let count = 0; count < 10; count += 1) await buildUpload(ago(minute));
      await world.buildImage(owner);
      await Promise.all(Array.from({ length: 4 }, () => createSweep(world).runOnce()));
      expect((await owner.reload()).usedBytes).toBe(1000);
      expect(await world.models.Image.count()).toBe(1);
    });
  });

  describe('tombstones', () => {
    const buildTombstone = async (fields: { deletedAt?: Date; sweepDueAt?: Date } = {}) => {
      const image = await world.buildImage(owner);
      await world.writeResult(image.objectKey, createRecipe(tier));
      await image.destroy();
      await world.sequelize.transaction((transaction) =>
        leaveTombstone(transaction, { objectKey: image.objectKey, imageId: image.id }),
      );
      await world.models.Tombstone.update({ sweepDueAt: ago(1000), ...fields }, { where: { imageId: image.id } });
      return image;
    };
    const dueAfterDeletion = async () => {
      const row = await world.models.Tombstone.findOne({ rejectOnEmpty: true });
      return (row.sweepDueAt.getTime() - row.deletedAt.getTime()) / minute;
    };

    it('deletes the original and everything that was made of it', async () => {
      await buildTombstone();
      expect((await sweep.runOnce()).counts.cleared).toBe(1);
      expect(world.store.keys('originals')).toEqual([]);
      expect(world.store.keys('thumbnails')).toEqual([]);
    });

    it.each([
      [0, 1],
      [2, 60],
      [61, 24 * 60],
      [25 * 60, 7 * 24 * 60],
      [8 * 24 * 60, 30 * 24 * 60],
    ])('looks again: %d minutes after the deletion, the next look is at %d', async (minutes, next) => {
      await buildTombstone({ deletedAt: ago(minutes * minute) });
      await sweep.runOnce();
      expect(await dueAfterDeletion()).toBeCloseTo(next, 3);
    });

    it('forgets after thirty days, with a last look', async () => {
      await buildTombstone({ deletedAt: ago(30 * 24 * 60 * minute + 1000) });
      await sweep.runOnce();
      expect(await world.models.Tombstone.count()).toBe(0);
      expect(world.store.keys('thumbnails')).toEqual([]);
    });

    it('tries again when the store was away', async () => {
      await buildTombstone();
      world.store.isAway = true;
      await sweep.runOnce();
      world.store.isAway = false;
      const tombstone = await world.models.Tombstone.findOne({ rejectOnEmpty: true });
      expect(tombstone.sweeps).toBe(0);
      expect(tombstone.sweepDueAt.getTime()).toBeLessThan(Date.now() + 6 * minute);
      await tombstone.update({ sweepDueAt: ago(1000) });
      await sweep.runOnce();
      expect(world.store.keys('originals')).toEqual([]);
    });

    it('never deletes what an image has, whatever a tombstone says', async () => {
      const image = await world.buildImage(owner);
      await world.models.Tombstone.create({ objectKey: image.objectKey, imageId: image.id, sweepDueAt: ago(1000) });
      await sweep.runOnce();
      expect(world.store.keys('originals')).toEqual([image.objectKey]);
    });

    it('clears hundreds in one round', async () => {
      for (let count = 0; count < 150; count += 1) await buildTombstone();
      expect((await sweep.runOnce()).counts.cleared).toBe(150);
      expect(world.store.keys('originals')).toEqual([]);
    });
  });

  it('loses nothing when an empty database stands in front of full buckets', async () => {
    const image = await world.buildImage(owner);
    await world.writeResult(image.objectKey, createRecipe(tier));
    await image.destroy();
    const look = () => [world.store.keys('originals'), world.store.keys('thumbnails'), world.store.calls.delete];
    const before = look();
    await sweep.runOnce();
    expect(look()).toEqual(before);
  });

  it('deletes rows whose time is over, and no others', async () => {
    const image = await world.buildImage(owner);
    const base = { accountId: owner.id, method: 'POST', path: '/image/upload', requestFingerprint: 'x' };
    const day = 24 * 60 * minute;
    await world.models.IdempotencyKey.bulkCreate([
      { ...base, key: 'old', createdAt: ago(day + minute) },
      { ...base, key: 'young', createdAt: ago(day - minute) },
    ]);
    const link = { imageId: image.id, ownerId: owner.id, expireTimeSeconds: 300 };
    await world.models.ExpiringLink.bulkCreate([
      { ...link, id: uuidV7(), expiresAt: ago(31 * day) },
      { ...link, id: uuidV7(), expiresAt: ago(29 * day) },
    ]);
    await world.models.Job.bulkCreate([
      { id: uuidV7(), kind: 'x', state: 'done', finishedAt: ago(31 * day) },
      { id: uuidV7(), kind: 'x', state: 'done', finishedAt: ago(29 * day) },
      { id: uuidV7(), kind: 'x', createdAt: ago(99 * day), runAt: new Date(Date.now() + day) },
    ]);
    await world.sequelize.query(`
      INSERT INTO image_events (owner_id, image_id, created_at)
        SELECT '${owner.id}', '${image.id}', now() - age FROM unnest('{26 hours, 23 hours}'::interval[]) age;
      INSERT INTO rate_limits (key, points, expire)
        VALUES ('past', 1, ${Date.now() - 1000}), ('now', 1, ${Date.now() + minute}), ('ever', 1, NULL);
      INSERT INTO refresh_tokens (id, family_id, account_id, expires_at)
        SELECT gen_random_uuid(), gen_random_uuid(), '${owner.id}', now() + t FROM unnest('{-1 hour, 1 hour}'::interval[]) t`);
    const { counts } = await sweep.runOnce();
    expect(counts.purged).toBe(6);
    const keys = await world.models.IdempotencyKey.findAll({ order: ['key'] });
    expect(keys.map(({ key }) => key)).toEqual(['young']);
    expect(await world.models.ExpiringLink.count()).toBe(1);
    expect(await world.models.Job.count()).toBe(2);
    expect(await world.models.RefreshToken.count()).toBe(1);
  });

  it('goes on with its other parts when one fails, and says so once', async () => {
    const lines: string[] = [];
    const logger = { ...world.logger, error: (_: unknown, text: string) => lines.push(text), info: () => {} } as never;
    const noisy = createSweep({ ...world, logger });
    const base = { accountId: owner.id, method: 'POST', path: '/x', requestFingerprint: 'x', key: 'k' };
    await world.models.IdempotencyKey.create({ ...base, createdAt: ago(25 * 60 * minute) });
    await buildDue();
    world.store.isAway = true;
    await noisy.runOnce();
    await world.sequelize.query('UPDATE images SET work_due_at = now()');
    const { faults, counts } = await noisy.runOnce();
    expect(faults).toEqual({ images: 'The object store does not answer.' });
    expect(counts.purged).toBe(1);
    expect(lines).toHaveLength(1);
    world.store.isAway = false;
    await world.sequelize.query('UPDATE images SET work_due_at = now()');
    expect((await noisy.runOnce()).faults).toEqual({});
    expect(world.invoker.asked).toHaveLength(1);
  });

  it('survives a database that is away, and reports it', async () => {
    const sequelize = createSequelize({ url: 'postgres://nobody@127.0.0.1:1/none' });
    const models = createModels(sequelize);
    const lost = createSweep({ ...world, sequelize, models });
    const { faults, lastRunAt } = await lost.runOnce();
    expect(Object.keys(faults).sort()).toEqual(['expired', 'images', 'tombstones', 'uploads']);
    expect(lastRunAt).not.toBeNull();
    await sequelize.close();
  });

  it('runs at the start by itself, on a wake, and not after its stop', async () => {
    const until = async (condition: () => boolean) => {
      while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await buildDue();
    sweep.start();
    await until(() => world.invoker.asked.length === 1);
    await buildDue();
    sweep.wake();
    await until(() => world.invoker.asked.length === 2);
    await sweep.stop();
    await buildDue();
    sweep.wake();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(world.invoker.asked).toHaveLength(2);
  });

  it('comes back at once as long as the function cannot take all', async () => {
    for (let count = 0; count < 70; count += 1) await buildDue();
    const startedAt = Date.now();
    sweep.start();
    while (world.invoker.asked.length < 70) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (Date.now() - startedAt > 10_000) break;
    }
    expect(world.invoker.asked).toHaveLength(70);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
  });

  it('leaves an image processing when the function does not answer', async () => {
    const image = await buildDue();
    world.invoker.answer = async () => {
      throw new AppError('unavailable', 'The function does not answer.');
    };
    await sweep.runOnce();
    expect(await image.reload()).toMatchObject({ status: 'processing', attempts: 1 });
    expect(sweep.status().faults).toEqual({ images: 'The function does not answer.' });
  });
});
