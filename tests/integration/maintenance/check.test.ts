import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import sharp from 'sharp';
import { v7 as uuidV7 } from 'uuid';
import { originalKey } from '../../../core/storage/object-key.ts';
import type { ObjectMetadata } from '../../../core/storage/object-store.ts';
import { createRecipe, serializeRecipe } from '../../../core/thumbnails/recipe.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { leaveTombstone } from '../../../server/images/tombstone-table.ts';
import { createJobs } from '../../../server/jobs/jobs.ts';
import { type Check, checkOf, type Finding } from '../../../server/maintenance/check.ts';
import { createSweep } from '../../../server/thumbnailing/sweep.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

describe('manage check', () => {
  let world: ThumbnailingWorld;
  let tier: TierModel;
  let owner: AccountModel;
  let picture: Buffer;
  let check: Check;
  let findings: Finding[];

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    await world.buildTier({ isDefault: true });
    picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#a03' } })
      .png()
      .toBuffer();
    const jobs = createJobs({ ...world, handlers: [] });
    check = checkOf({ ...world, recordAudit: recordAuditOf(world.models), jobs });
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    await world.sequelize.query('DELETE FROM images; DELETE FROM tombstones; DELETE FROM accounts');
    for (const bucket of ['originals', 'thumbnails'] as const)
      await world.store.delete(bucket, world.store.keys(bucket));
    tier = await world.buildTier({ thumbnailHeights: [200, 400] });
    owner = await world.buildAccount(tier);
    findings = [];
  });

  const run = (options: Parameters<Check>[0] = {}) =>
    check({ ...options, onFinding: (finding) => findings.push(finding) });
  const metadataOf = (imageId: string, name: string): ObjectMetadata => ({
    recipe: serializeRecipe(createRecipe(tier)),
    owner: owner.id,
    username: encodeURIComponent(owner.username),
    name: encodeURIComponent(name),
    'created-at': '2026-01-02T03:04:05.678Z',
    'image-id': imageId,
  });
  /** As an upload leaves it. */
  async function upload(name = `Füße ${randomBytes(3).toString('hex')}.png`): Promise<ImageModel> {
    const id = uuidV7();
    const key = originalKey(id, randomBytes(16).toString('hex'));
    await world.store.put('originals', key, picture, { contentType: 'image/png', metadata: metadataOf(id, name) });
    await world.models.Account.increment('usedBytes', { by: picture.length, where: { id: owner.id } });
    return world.models.Image.create({
      id,
      ownerId: owner.id,
      name,
      state: 'stored',
      objectKey: key,
      contentType: 'image/png',
      bytes: picture.length,
      width: 40,
      height: 30,
      sha256: createHash('sha256').update(picture).digest('hex'),
      createdAt: new Date('2026-01-02T03:04:05.678Z'),
    });
  }
  const makeThumbnails = async (image: ImageModel) =>
    world.applyResult(await world.writeResult(image.objectKey, createRecipe(tier)));
  /** What an older database does not know. */
  const forget = (image: ImageModel) => image.destroy();
  const objects = () => [...world.store.keys('originals'), ...world.store.keys('thumbnails')];

  it('finds nothing where nothing is wrong', async () => {
    for (let count = 0; count < 3; count += 1) await makeThumbnails(await upload());
    await world.store.put('originals', 'darkroom/mark.json', Buffer.from('{}'), { contentType: 'application/json' });
    const report = await run({ hashes: 'all' });
    expect(findings).toEqual([]);
    expect(report).toMatchObject({ adopted: 0, deleted: 0, left: 0 });
  });

  it('finds rows without originals, and deletes none of them', async () => {
    const image = await upload();
    await world.store.delete('originals', [image.objectKey]);
    await run({ fix: true, deleteOrphans: true });
    expect(findings).toEqual([{ kind: 'original_missing', imageId: image.id, ownerId: owner.id, name: image.name }]);
    expect(await world.models.Image.count()).toBe(1);
  });

  it('finds bytes that changed, by length in every original, by hash in the ones that it reads', async () => {
    const [longer, other] = [await upload(), await upload()];
    await world.store.put('originals', longer.objectKey, Buffer.alloc(9999), { contentType: 'image/png' });
    await world.store.put('originals', other.objectKey, Buffer.alloc(picture.length), { contentType: 'image/png' });
    await run({ hashes: 0 });
    expect(findings.map((finding) => finding.kind)).toEqual(['bytes_changed']);
    findings = [];
    await run({ hashes: 'all' });
    expect(findings.map((finding) => finding.kind === 'bytes_changed' && finding.imageId).sort()).toEqual(
      [longer.id, other.id].sort(),
    );
  });

  it('looks and touches nothing without options', async () => {
    await forget(await upload());
    const lost = await upload();
    await makeThumbnails(lost);
    await forget(lost);
    await world.store.put('originals', 'stray.png', picture, { contentType: 'image/png' });
    const before = objects();
    const report = await run();
    expect(objects()).toEqual(before);
    expect(report.found).toMatchObject({ original_unknown: 2, object_unknown: 1, thumbnails_unknown: 0 });
    expect(await world.models.Image.count()).toBe(0);
  });

  it('adopts with --fix what a restored database does not know: every photograph is back', async () => {
    const images: ImageModel[] = [];
    for (let count = 0; count < 7; count += 1) images.push(await upload());
    await makeThumbnails(images[0]!);
    const known = await upload();
    for (const image of images) await forget(image);
    await owner.update({ usedBytes: picture.length });

    const report = await run({ fix: true });
    expect(report).toMatchObject({ adopted: 7, deleted: 0, left: 0 });
    for (const image of images) {
      const back = await world.models.Image.findByPk(image.id, { rejectOnEmpty: true });
      const { name, sha256, bytes, width, height, contentType, createdAt, objectKey, ownerId } = image;
      expect(back).toMatchObject({
        name,
        sha256,
        bytes,
        width,
        height,
        contentType,
        objectKey,
        ownerId,
        state: 'stored',
      });
      expect(back.createdAt).toEqual(createdAt);
    }
    expect((await owner.reload()).usedBytes).toBe(picture.length * 8);
    expect(await world.models.Image.count({ where: { id: known.id } })).toBe(1);

    // Thumbnails that were there are taken in again, the others are asked for.
    world.invoker.asked = [];
    await createSweep(world).runOnce();
    expect((await world.models.Image.findByPk(images[0]!.id))?.status).toBe('ready');
    expect(world.invoker.asked).toHaveLength(6);
    expect(await world.models.Job.count({ where: { kind: 'reprocess', state: 'queued' } })).toBe(1);
    findings = [];
    expect(await run({ fix: true, hashes: 'all' })).toMatchObject({ adopted: 0 });
    expect(findings).toEqual([]);
  });

  it('gives an adopted image a number when its name is taken meanwhile', async () => {
    await forget(await upload('cat.png'));
    await upload('cat.png');
    await run({ fix: true });
    const names = await world.models.Image.findAll({ order: ['name'] });
    expect(names.map((image) => image.name)).toEqual(['cat-1.png', 'cat.png']);
  });

  it('makes the account of an adopted image, inactive, with the same id and name', async () => {
    const images = [await upload(), await upload()];
    for (const image of images) await forget(image);
    await owner.destroy();
    const report = await run({ fix: true });
    expect(report.adopted).toBe(2);
    const back = await world.models.Account.findByPk(owner.id, { rejectOnEmpty: true });
    expect(back).toMatchObject({ username: owner.username, isActive: false, passwordHash: null });
    expect(back.usedBytes).toBe(picture.length * 2);
    expect(await world.models.AuditEntry.count({ where: { action: 'add', recordId: owner.id } })).toBe(1);
  });

  it('never gives somebody the images of another person who had the same name', async () => {
    await forget(await upload());
    await owner.destroy();
    const namesake = await world.buildAccount(tier, { username: owner.username.toUpperCase() });
    await run({ fix: true });
    const back = await world.models.Account.findByPk(owner.id, { rejectOnEmpty: true });
    expect(back.username).toBe(`${owner.username}-1`);
    expect(await world.models.Image.count({ where: { ownerId: namesake.id } })).toBe(0);
  });

  it.each([
    ['says nothing of itself', {}, undefined],
    ['says that it is another image', { 'image-id': uuidV7() }, undefined],
    ['is no image', null, Buffer.from('not a picture at all, not at all')],
  ])('leaves an unknown original that %s, with the reason', async (_, metadata, bytes) => {
    const id = uuidV7();
    const key = originalKey(id, 'a'.repeat(32));
    const all =
      metadata === null
        ? metadataOf(id, 'x.png')
        : Object.keys(metadata).length === 0
          ? {}
          : { ...metadataOf(id, 'x'), ...metadata };
    await world.store.put('originals', key, bytes ?? picture, { contentType: 'image/png', metadata: all });
    expect(await run({ fix: true })).toMatchObject({ adopted: 0, left: 1, deleted: 0 });
    expect(findings).toEqual([expect.objectContaining({ kind: 'original_unknown', key, outcome: 'left' })]);
    expect(findings[0]).toHaveProperty('detail', expect.stringMatching(/.+/));
    expect(world.store.keys('originals')).toEqual([key]);
  });

  it('deletes with --delete-orphans what nothing names, and that alone', async () => {
    const kept = await upload();
    await makeThumbnails(kept);
    const lost = await upload();
    await makeThumbnails(lost);
    await forget(lost);
    await world.store.put('thumbnails', 'stray.txt', Buffer.from('x'), { contentType: 'text/plain' });
    await world.writeResult(originalKey(uuidV7(), 'b'.repeat(32)), createRecipe(tier));
    const uploading = await upload();
    await uploading.update({ state: 'uploading', uploadLeaseUntil: new Date(Date.now() + 60_000) });
    const report = await run({ deleteOrphans: true });
    expect(report).toMatchObject({ deleted: 3, adopted: 0, left: 0 });
    expect(objects().every((key) => key.startsWith(kept.id) || key.startsWith(uploading.id))).toBe(true);
    expect(objects()).toHaveLength(5);
  });

  it('looks again before it deletes: what got a row meanwhile stays', async () => {
    const image = await upload();
    const row = image.get();
    await forget(image);
    const { query } = world.sequelize;
    const spy = jest.spyOn(world.sequelize, 'query').mockImplementation((async (...parameters: unknown[]) => {
      const rows = await Reflect.apply(query, world.sequelize, parameters);
      if (!String(parameters[0]).includes('AS candidate')) return rows;
      spy.mockRestore();
      await world.models.Image.create(row);
      return rows;
    }) as never);
    expect(await run({ deleteOrphans: true })).toMatchObject({ deleted: 0 });
    expect(world.store.keys('originals')).toEqual([image.objectKey]);
  });

  it('leaves what a tombstone names to the sweep, and never adopts it', async () => {
    const image = await upload();
    await forget(image);
    await world.sequelize.transaction((transaction) =>
      leaveTombstone(transaction, { objectKey: image.objectKey, imageId: image.id }),
    );
    await run({ fix: true, deleteOrphans: true });
    expect(findings).toEqual([]);
    expect(await world.models.Image.count()).toBe(0);
  });

  it('has a thumbnail made anew whose object is gone', async () => {
    const image = await upload();
    await makeThumbnails(image);
    const key = world.store.keys('thumbnails').find((each) => each.endsWith('.200.png'))!;
    await world.store.delete('thumbnails', [key]);
    await run();
    expect(findings).toEqual([
      { kind: 'thumbnail_missing', imageId: image.id, tierHeight: 200, format: 'same', fixed: false },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await run({ fix: true })).toMatchObject({ fixed: 1 });
    world.invoker.asked = [];
    await createSweep(world).runOnce();
    expect(world.invoker.asked.map(({ originalKey: of }) => of)).toEqual([image.objectKey]);
  });

  it.each([
    ['size', Buffer.alloc(1999), 'image/png', '1999 bytes instead of 2000'],
    ['type', Buffer.alloc(2000), 'image/jpeg', 'image/jpeg instead of image/png'],
  ])(
    'finds a thumbnail whose object has another %s than its row, and has it made again',
    async (_, bytes, type, detail) => {
      const image = await upload();
      await makeThumbnails(image);
      const key = world.store.keys('thumbnails').find((each) => each.endsWith('.200.png'))!;
      await world.store.put('thumbnails', key, bytes, { contentType: type });
      const finding = { kind: 'thumbnail_changed', imageId: image.id, tierHeight: 200, format: 'same', detail };
      await run();
      expect(findings).toEqual([{ ...finding, fixed: false }]);
      findings = [];
      expect(await run({ fix: true })).toMatchObject({ fixed: 1, left: 0 });
      expect(findings).toEqual([{ ...finding, fixed: true }]);
      world.invoker.asked = [];
      await createSweep(world).runOnce();
      expect(world.invoker.asked).toEqual([
        {
          originalKey: image.objectKey,
          ownerId: owner.id,
          recipe: { version: 1, heights: [200, 400], format: 'same' },
        },
      ]);
    },
  );

  it('knows the objects of earlier versions: those of an image, those of a tombstone, those of nobody', async () => {
    const [kept, gone] = [await upload(), await upload()];
    await world.applyResult(await world.writeResult(kept.objectKey, createRecipe(tier), { isEarlier: true }));
    expect(await world.models.Thumbnail.count({ where: { imageId: kept.id } })).toBe(2);
    await world.writeResult(gone.objectKey, createRecipe(tier), { isEarlier: true });
    await forget(gone);
    await world.sequelize.transaction((transaction) =>
      leaveTombstone(transaction, { objectKey: gone.objectKey, imageId: gone.id }),
    );
    await run();
    expect(findings).toEqual([]);

    const foreign = originalKey(kept.id, 'c'.repeat(32));
    await world.writeResult(foreign, createRecipe(tier), { isEarlier: true });
    await world.writeResult(foreign, createRecipe(tier));
    await run();
    expect(findings).toEqual([{ kind: 'thumbnails_unknown', imageId: kept.id, objects: 6, outcome: 'left' }]);
    await run({ deleteOrphans: true });
    expect(world.store.keys('thumbnails').filter((key) => key.startsWith(kept.id))).toHaveLength(3);
  });

  it('finds its way through thousands, and says how far it is', async () => {
    const many = 2_345;
    await world.sequelize.query(
      `INSERT INTO images (id, owner_id, name, object_key, state, content_type, bytes, width, height, sha256)
       SELECT id, '${owner.id}', id::text, id || '/' || md5(id::text), 'stored', 'image/png', 3, 1, 1, repeat('0', 64)
       FROM (SELECT gen_random_uuid() AS id FROM generate_series(1, ${many})) made`,
    );
    const rows = await world.models.Image.findAll({ attributes: ['objectKey'] });
    const gone = rows.filter((_, index) => index % 100 === 0).length;
    for (const [index, { objectKey }] of rows.entries()) {
      if (index % 100 !== 0)
        await world.store.put('originals', objectKey, Buffer.from('abc'), { contentType: 'image/png' });
      if (index % 100 === 1) {
        const stray = originalKey(uuidV7(), randomBytes(16).toString('hex'));
        await world.store.put('originals', stray, Buffer.from('abc'), { contentType: 'image/png' });
      }
    }
    let last = { done: 0, total: 0 };
    const { found } = await run({
      hashes: 0,
      onProgress: (progress) => {
        if (progress.phase === 'originals') last = progress;
      },
    });
    expect(found).toMatchObject({ original_missing: gone, original_unknown: gone });
    expect(last).toMatchObject({ done: many + gone, total: many + gone });
  });

  it('ends when it is told to', async () => {
    await upload();
    await expect(run({ signal: AbortSignal.abort() })).rejects.toThrow();
  });
});
