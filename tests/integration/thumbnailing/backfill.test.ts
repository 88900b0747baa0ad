import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import { recordAuditOf } from '../../../server/audit/record-audit.ts';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { reprocessImagesOf } from '../../../server/images/reprocess-images.ts';
import { createJobs, type Jobs } from '../../../server/jobs/jobs.ts';
import { createBackfillJobs } from '../../../server/thumbnailing/backfill-jobs.ts';
import { recordFailureOf } from '../../../server/thumbnailing/record-failure.ts';
import { createSweep, type Sweep } from '../../../server/thumbnailing/sweep.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

describe('old images after a change', () => {
  let world: ThumbnailingWorld;
  let tier: TierModel;
  let owner: AccountModel;
  let sweep: Sweep;
  let jobs: Jobs;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    tier = await world.buildTier({ thumbnailHeights: [200] });
    owner = await world.buildAccount(tier);
    sweep = createSweep(world);
    const handlers = createBackfillJobs({ sequelize: world.sequelize, wakeSweep: sweep.wake });
    jobs = createJobs({ ...world, handlers, pollSeconds: 0.05 });
    world.invoker.asked = [];
    world.invoker.state = { status: 'ok', queued: 0 };
    world.invoker.answer = async ({ originalKey, recipe }) => {
      await world.applyResult(await world.writeResult(originalKey, recipe!));
    };
  });
  afterEach(async () => {
    await jobs.stop();
    await sweep.stop();
    await world.sequelize.query('DELETE FROM images; DELETE FROM jobs');
  });

  async function buildReady(account = owner, fields = {}): Promise<ImageModel> {
    const image = await world.buildImage(account, fields);
    const heights = (await world.models.Tier.findByPk(account.tierId))?.thumbnailHeights ?? [];
    await world.applyResult(await world.writeResult(image.objectKey, { version: 1, heights, format: 'same' }));
    return image.reload();
  }
  const heightsOf = async (image: ImageModel) => {
    const made = await world.models.Thumbnail.findAll({ where: { imageId: image.id }, order: ['tierHeight'] });
    return made.map((thumbnail) => thumbnail.tierHeight);
  };
  async function run(kind: string, payload: Record<string, unknown>) {
    const id = await jobs.enqueue(kind, payload);
    jobs.start();
    sweep.start();
    for (let wait = 0; wait < 1000; wait += 1) {
      const job = await jobs.get(id);
      if (job?.finishedAt) return job;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('the job never ended');
  }

  it('get a height that their tier gained, without anyone asking, and the job tells how far it is', async () => {
    const images = await Promise.all(Array.from({ length: 30 }, () => buildReady()));
    const other = await buildReady(await world.buildAccount(await world.buildTier()));
    await tier.update({ thumbnailHeights: [200, 400] });
    const job = await run('tier-changed', { tierId: tier.id });
    expect(job).toMatchObject({ state: 'done', progressDone: 30, progressTotal: 30 });
    for (const image of images) expect(await heightsOf(image)).toEqual([200, 400]);
    expect(await heightsOf(other)).toEqual([200]);
    expect(world.invoker.asked).toHaveLength(30);
  });

  it('are left alone when nothing is missing', async () => {
    await tier.update({ thumbnailHeights: [100, 200] });
    await buildReady();
    await tier.update({ thumbnailHeights: [200] });
    expect(await run('tier-changed', { tierId: tier.id })).toMatchObject({ progressTotal: 0 });
    expect(world.invoker.asked).toEqual([]);
  });

  it('are found in batches of any number', async () => {
    await world.sequelize.query(
      `INSERT INTO images (id, owner_id, name, object_key, state, content_type, bytes, width, height, sha256)
       SELECT id, '${owner.id}', 'n' || n, id || '/' || md5(n::text), 'stored', 'image/png', 1, 1, 1, repeat('0', 64)
       FROM (SELECT gen_random_uuid() AS id, n FROM generate_series(1, 503) n) made`,
    );
    expect(await run('tier-changed', { tierId: tier.id })).toMatchObject({ progressDone: 503, progressTotal: 503 });
    expect(await world.models.Image.count({ where: { status: 'ready', workDueAt: null } })).toBe(503);
  }, 60_000);

  it('follow their account to its new tier', async () => {
    const image = await buildReady();
    await owner.update({
      tierId: (await world.buildTier({ thumbnailHeights: [64, 200], thumbnailFormat: 'webp' })).id,
    });
    await run('account-tier-changed', { accountId: owner.id });
    const formats = await world.models.Thumbnail.findAll({ where: { imageId: image.id, format: 'webp' } });
    expect(formats.map((made) => made.tierHeight).sort((a, b) => a - b)).toEqual([64, 200]);
    expect((await image.reload()).workDueAt).toBeNull();
  });

  it('stay failed, and given up, when their tier changes', async () => {
    const failed = await world.buildImage(owner, { status: 'failed', failureCode: 'undecodable', workDueAt: null });
    const crashing = await world.buildImage(owner, { status: 'ready', crashCount: 3, workDueAt: null });
    expect(await run('tier-changed', { tierId: tier.id })).toMatchObject({ progressTotal: 0 });
    expect([(await failed.reload()).status, (await crashing.reload()).workDueAt]).toEqual(['failed', null]);
  });

  describe('reprocess', () => {
    it('tries failed images again, and only those', async () => {
      const failed = await world.buildImage(owner, { status: 'failed', failureCode: 'undecodable', workDueAt: null });
      await buildReady();
      const before = await world.models.ImageEvent.count({ where: { imageId: failed.id } });
      const job = await run('reprocess', { scope: { which: 'failed' } });
      expect(job).toMatchObject({ progressDone: 1, progressTotal: 1 });
      expect(await failed.reload()).toMatchObject({ status: 'ready', failureCode: null });
      expect(world.invoker.asked).toHaveLength(1);
      expect(await world.models.ImageEvent.count({ where: { imageId: failed.id } })).toBe(before + 2);
    });

    it('makes only what is missing, unless it is forced', async () => {
      const old = await buildReady();
      const lacking = await world.buildImage(owner, { workDueAt: null });
      await run('reprocess', { scope: { which: 'all' } });
      expect(world.invoker.asked.map(({ originalKey }) => originalKey)).toEqual([lacking.objectKey]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await run('reprocess', { scope: { which: 'owner', ownerId: owner.id }, force: true });
      const again = world.invoker.asked.slice(1).map(({ originalKey }) => originalKey);
      expect(again.sort()).toEqual([old.objectKey, lacking.objectKey].sort());
    });

    it('ends although an image can never be made, and leaves that one to the sweep', async () => {
      const lost = await world.buildImage(owner, { workDueAt: null, attempts: 0 });
      await buildReady();
      world.invoker.answer = async ({ originalKey }) => {
        if (originalKey === lost.objectKey)
          await world.sequelize.query(
            "UPDATE images SET attempts = 6, work_due_at = now() + interval '1 hour' WHERE id = $1",
            { bind: [lost.id] },
          );
      };
      expect(await run('reprocess', { scope: { which: 'all' } })).toMatchObject({ state: 'done', progressTotal: 1 });
      expect((await lost.reload()).workDueAt).not.toBeNull();
    });

    it('marks nothing twice when a step runs again', async () => {
      const recordFailure = recordFailureOf(world);
      const image = await world.buildImage(owner);
      for (let count = 0; count < 3; count += 1) await recordFailure({ originalKey: image.objectKey, reason: 'crash' });
      const before = (await owner.reload()).imagesVersion;
      const [handler] = createBackfillJobs({ sequelize: world.sequelize, wakeSweep: () => {} }).slice(-1);
      const step = () =>
        handler!.step({
          jobId: 'x',
          createdAt: new Date(),
          payload: { scope: { which: 'failed' } },
          cursor: null,
          progress: { done: 0, total: null },
          signal: new AbortController().signal,
        });
      expect((await step()).progress.total).toBe(1);
      expect((await step()).progress.total).toBe(0);
      expect((await owner.reload()).imagesVersion).toBe(before + 1);
    });

    it('is asked for by staff with the permission, with a line in the log', async () => {
      const reprocess = reprocessImagesOf({ ...world, jobs, recordAudit: recordAuditOf(world.models) });
      const nobody = { isSuperuser: false, isStaff: true, permissions: new Set<string>() } as never;
      await expect(reprocess(nobody, { scope: { which: 'all' } })).rejects.toMatchObject({ code: 'permission_denied' });
      const id = await reprocess(null, { scope: { which: 'tier', tierId: tier.id }, force: true });
      expect(await jobs.get(id)).toMatchObject({ kind: 'reprocess', state: 'queued' });
      expect(await world.models.AuditEntry.count({ where: { recordId: id } })).toBe(1);
    });
  });
});
