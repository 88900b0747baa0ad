import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { seedOf } from '../../../server/maintenance/seed/seed.ts';
import { accountsSql } from '../../../server/maintenance/seed/seed-sql.ts';
import { runSeed } from '../../../server/manage/seed-command.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const bar = { show: () => {}, clear: () => {} };

describe('manage seed', () => {
  let world: ThumbnailingWorld;
  beforeAll(async () => {
    world = await createThumbnailingWorld();
    await buildTier(world.models, { name: 'Usual', isDefault: true, thumbnailHeights: [200] });
    await buildTier(world.models, { name: 'Links', thumbnailHeights: [200, 400], expiringLink: true });
  });
  afterAll(() => world.close());

  const run = (options: Parameters<typeof runSeed>[1]) =>
    runSeed(
      {
        models: world.models,
        seed: seedOf({ ...world, databaseUrl: world.database.url }),
        bar,
        signal: new AbortController().signal,
      },
      options,
    );
  const counts = async () => {
    const { Account, Image, ExpiringLink, AuditEntry } = world.models;
    const [users, images, links, log] = await Promise.all([
      Account.count(),
      Image.count({ where: { state: 'stored' } }),
      ExpiringLink.count(),
      AuditEntry.count(),
    ]);
    return { users, images, links, log };
  };

  it.each([
    [{ users: '-1', images: '1' }, '--users takes a whole number'],
    [{ users: '1', images: '1e9' }, '--images takes a whole number'],
    [{ users: '0', images: '1' }, 'give --users too'],
  ])('says what is wrong with %j', async (options, message) => {
    await expect(run(options)).rejects.toThrow(message);
    expect(await counts()).toEqual({ users: 0, images: 0, links: 0, log: 0 });
  });

  it('gives each user a name of its own, also beyond 99,999', async () => {
    const tier = await world.models.Tier.findOne({ rejectOnEmpty: true });
    const transaction = await world.sequelize.transaction();
    await world.sequelize.query(accountsSql, { bind: [999_990, 1_000_010, new Date(), [tier.id]], transaction });
    const numbers = (await world.models.Account.findAll({ transaction })).map(({ username }) => username.split('-')[1]);
    await transaction.rollback();
    expect(numbers.sort()).toEqual(Array.from({ length: 21 }, (_, n) => String(999_990 + n)).sort());
  });

  it('makes users nobody can log in as, and images whose thumbnails can be seen', async () => {
    expect(await run({ users: '40', images: '300' })).toContain('40 users, 300 images');
    expect(await counts()).toMatchObject({ users: 40, images: 300, log: 70 });
    expect((await counts()).links).toBeGreaterThan(0);
    expect(await world.models.Account.count({ where: { passwordHash: null } })).toBe(40);

    const images = await world.models.Image.findAll({
      include: ['thumbnails', { association: 'owner', include: ['tier'] }],
    });
    for (const { status, thumbnails, owner } of images) {
      const heights = thumbnails?.map(({ tierHeight }) => tierHeight).sort();
      expect(heights).toEqual(status === 'failed' ? [] : owner?.tier?.thumbnailHeights);
    }
    const thumbnail = await world.models.Thumbnail.findOne({ where: { tierHeight: 400 }, rejectOnEmpty: true });
    const object = await world.store.get('thumbnails', thumbnail.objectKey);
    expect(await sharp(await buffer(object!.body)).metadata()).toMatchObject({ width: 600, height: 400 });

    const owner = await world.models.Account.findOne({ order: [['usedBytes', 'DESC']], rejectOnEmpty: true });
    const bytes = await world.models.Image.sum('bytes', { where: { ownerId: owner.id } });
    expect(owner.usedBytes).toBe(Number(bytes));
  });

  it('leaves an installation with images alone unless it is told to add, and its log then too', async () => {
    const before = await counts();
    await expect(run({ users: '5', images: '5' })).rejects.toThrow('has 300 images already');
    expect(await counts()).toEqual(before);
    await run({ users: '5', images: '5', add: true });
    expect(await counts()).toMatchObject({ users: 45, images: 305, log: before.log });
  });
});
