import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { madePrefix, thumbnailKey } from '../../core/storage/object-key.ts';
import type { Recipe } from '../../core/thumbnails/recipe.ts';
import type { AccountModel } from '../../server/accounts/account.model.ts';
import { recordAuditOf } from '../../server/audit/record-audit.ts';
import { createSequelize } from '../../server/db/sequelize.ts';
import { deleteImageOf } from '../../server/images/delete-image.ts';
import { createJobs } from '../../server/jobs/jobs.ts';
import type { Actor } from '../../server/kernel/actor.ts';
import { createModels } from '../../server/models.ts';
import { applyResultOf } from '../../server/thumbnailing/apply-result.ts';
import { createBackfillJobs } from '../../server/thumbnailing/backfill-jobs.ts';
import { recordFailureOf } from '../../server/thumbnailing/record-failure.ts';
import { createSweep } from '../../server/thumbnailing/sweep.ts';
import type { TierModel } from '../../server/tiers/tier.model.ts';
import { tierRulesOf } from '../../server/tiers/tier-rules.ts';
import {
  createNotedInvoker,
  createThumbnailingWorld,
  silent,
  type ThumbnailingWorld,
} from '../support/thumbnailing-world.ts';

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
/** As of the real function, the bytes of a height depend on the heights that it is made together with. */
const bytesOf = (tierHeight: number, recipe: Recipe) => tierHeight + recipe.heights.reduce((sum, one) => sum + one, 0);
const roll = (chance: number) => Math.random() < chance;

/**
 * Three servers share the work while the function crashes before, between and after its thumbnails, events are lost,
 * doubled, late and swapped, the tier goes to and fro, images are deleted, and a server dies between a claim and its
 * request. When it is quiet again, everything is as if nothing had happened.
 */
describe('thumbnails through all trouble', () => {
  let world: ThumbnailingWorld;
  let tier: TierModel;
  let owner: AccountModel;
  const ending: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    tier = await world.buildTier({ thumbnailHeights: [200] });
    owner = await world.buildAccount(tier);
  });
  afterAll(async () => {
    await Promise.all(ending.map((end) => end()));
    await world.close();
  });

  let isCalm = false;
  let running = 0;
  const crashes = new Map<string, number>();

  /** A function with every fault that the real one can have. */
  function startServer() {
    const sequelize = createSequelize({ url: world.database.url, poolSize: 4 });
    const models = createModels(sequelize);
    const invoker = createNotedInvoker();
    const deps = { ...world, sequelize, models, invoker, logger: silent };
    const applyResult = applyResultOf(deps);
    const recordFailure = recordFailureOf(deps);
    const work = async (originalKey: string, recipe: Recipe) => {
      await sleep(Math.random() * 20);
      if (!isCalm && roll(0.15) && (crashes.get(originalKey) ?? 0) < 2) {
        crashes.set(originalKey, (crashes.get(originalKey) ?? 0) + 1);
        if (roll(0.5))
          await world.store.put(
            'thumbnails',
            thumbnailKey(originalKey, recipe, { tierHeight: recipe.heights[0]!, contentType: 'image/png' }),
            Buffer.alloc(bytesOf(recipe.heights[0]!, recipe)),
            { contentType: 'image/png' },
          );
        return recordFailure({ originalKey, reason: 'crash' });
      }
      if (!isCalm && roll(0.1)) return recordFailure({ originalKey, reason: 'error' });
      if (!(await world.store.head('originals', originalKey))) return;
      const keys = await world.writeResult(originalKey, recipe, { bytesOf });
      if (!isCalm && roll(0.2)) return;
      for (let times = roll(0.3) ? 3 : 1; times > 0; times -= 1) {
        await sleep(roll(0.2) ? Math.random() * 200 : 0);
        await applyResult(keys);
      }
    };
    invoker.answer = async ({ originalKey, recipe }) => {
      if (!isCalm && roll(0.1)) return;
      running += 1;
      void work(originalKey, recipe!).finally(() => {
        running -= 1;
      });
    };
    const sweep = createSweep({ ...deps, applyResult });
    const jobs = createJobs({
      ...deps,
      handlers: createBackfillJobs({ sequelize, wakeSweep: sweep.wake }),
      pollSeconds: 0.05,
    });
    jobs.start();
    ending.push(async () => {
      await Promise.all([sweep.stop(), jobs.stop()]);
      await sequelize.close();
    });
    return { sweep, jobs };
  }

  it('ends with every thumbnail made once, nothing of a deleted image left, and the quota exact', async () => {
    const servers = [startServer(), startServer(), startServer()];
    const images = await Promise.all(Array.from({ length: 40 }, () => world.buildImage(owner)));
    const actor: Actor = {
      accountId: owner.id,
      username: owner.username,
      isStaff: false,
      isSuperuser: false,
      tokenGeneration: 1,
      imagesVersion: 1,
      permissions: new Set(),
      tier: tierRulesOf(tier),
    };
    const deleteImage = deleteImageOf({ ...world, recordAudit: recordAuditOf(world.models) });
    const deleted = images.filter((_, index) => index % 4 === 0);

    const makeDue = () => world.sequelize.query('UPDATE images SET work_due_at = now() WHERE work_due_at IS NOT NULL');
    const round = async () => {
      await makeDue();
      await Promise.all(servers.map(({ sweep }) => sweep.runOnce()));
      await sleep(20);
    };
    const changeTier = async (thumbnailHeights: number[]) => {
      await tier.update({ thumbnailHeights });
      await servers[0]!.jobs.enqueue('tier-changed', { tierId: tier.id }, { dedupe: tier.id });
    };

    const toAndFro = (async () => {
      for (const heights of [[200, 400], [400], [100, 400], [200, 400, 800]]) {
        await sleep(150);
        await changeTier(heights);
      }
    })();
    const deleting = (async () => {
      for (const image of deleted) {
        await sleep(20);
        await deleteImage(actor, image.id);
      }
    })();
    for (let count = 0; count < 12; count += 1) await round();
    await Promise.all([toAndFro, deleting]);

    isCalm = true;
    for (let count = 0; count < 60; count += 1) {
      await round();
      const due = await world.models.Image.count({ where: { status: 'ready', workDueAt: null } });
      const busyJobs = await world.models.Job.count({ where: { finishedAt: null } });
      if (running === 0 && due === images.length - deleted.length && busyJobs === 0) break;
    }
    await world.sequelize.query('UPDATE tombstones SET sweep_due_at = now()');
    await servers[0]!.sweep.runOnce();

    const kept = images.filter((image) => !deleted.includes(image));
    for (const image of kept) {
      const row = await world.models.Image.findByPk(image.id, { include: 'thumbnails', rejectOnEmpty: true });
      expect(row).toMatchObject({ status: 'ready', failureCode: null, workDueAt: null });
      const heights = row.thumbnails?.map((thumbnail) => thumbnail.tierHeight) ?? [];
      expect(heights).toEqual(expect.arrayContaining([200, 400, 800]));
      for (const thumbnail of row.thumbnails ?? []) {
        const { bytes, contentType } = thumbnail;
        expect(await world.store.head('thumbnails', thumbnail.objectKey)).toMatchObject({ bytes, contentType });
      }
    }
    for (const image of deleted) {
      expect(await world.models.Image.findByPk(image.id)).toBeNull();
      expect(await world.store.head('originals', image.objectKey)).toBeNull();
      const left = world.store.keys('thumbnails').filter((key) => key.startsWith(madePrefix(image.id)));
      expect(left).toEqual([]);
    }
    expect((await owner.reload()).usedBytes).toBe(kept.length * 1000);
  }, 60_000);
});
