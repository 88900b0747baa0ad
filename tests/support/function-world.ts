import { setTimeout as wait } from 'node:timers/promises';
import { pino } from 'pino';
import type { Image } from '../../core/contracts/image.ts';
import type { Bucket } from '../../core/storage/object-store.ts';
import { createLocalFunctionRunner } from '../../server/embedded/local-function-runner.ts';
import { applyResultOf } from '../../server/thumbnailing/apply-result.ts';
import type { FunctionResult } from '../../server/thumbnailing/function-invoker.ts';
import { type RecordFailure, recordFailureOf } from '../../server/thumbnailing/record-failure.ts';
import { createSweep } from '../../server/thumbnailing/sweep.ts';
import { createFaultyStore } from '../faults/support/faulty-store.ts';
import { type ImagesWorldOptions, openImagesWorld } from './images-world.ts';

export interface FunctionWorldOptions extends ImagesWorldOptions {
  decoderFile: string;
  runtimeFile: string;
  memoryMegabytes?: number;
  timeoutSeconds?: number;
}

/**
 * Uploads, lists and deletions over HTTP, PostgreSQL, the disk store and the thumbnail function in its child processes:
 * all real. Only the events of uploads are the test's to send, lose, delay or repeat, and the sweep its to run.
 */
export async function openFunctionWorld(options: FunctionWorldOptions) {
  const { decoderFile, runtimeFile, memoryMegabytes = 1536, timeoutSeconds = 30, ...images } = options;
  const world = await openImagesWorld(images);
  const { sequelize, models, store } = world;
  const faulty = createFaultyStore(store);
  const failures: Parameters<RecordFailure>[0][] = [];
  const results: FunctionResult[] = [];
  const pending = new Set<Promise<unknown>>();
  /** What came of an invocation counts as running until it is written down. */
  const noted = <T>(work: Promise<T>): Promise<T> => {
    const settled = work.catch(() => {}).finally(() => pending.delete(settled));
    pending.add(settled);
    return work;
  };

  const logger = pino({ level: 'silent' });
  const recordFailure = recordFailureOf({ sequelize, retryFailed: (ids) => sweep.retryFailed(ids), logger });
  const runner = await createLocalFunctionRunner({
    decoderFile,
    runtimeFile,
    store: faulty.store,
    maxPixels: images.maxPixels ?? 100_000_000,
    concurrency: 2,
    memoryMegabytes,
    timeoutSeconds,
    logger,
    onResult: (result) => {
      results.push(result);
      return noted(applyResult(result));
    },
    onFailure: (failure) => {
      failures.push(failure);
      return noted(recordFailure(failure));
    },
  });
  const applyResult = applyResultOf({ sequelize, store, invoker: runner, logger });
  const sweep = createSweep({ sequelize, models, store, invoker: runner, applyResult, logger });

  const functionWorld = {
    ...world,
    runner,
    sweep,
    applyResult,
    failures,
    results,

    /** The event of an upload, as the store sends it. */
    async event({ id }: { id: string }): Promise<void> {
      await runner.invoke({ originalKey: await functionWorld.keyOf(id) });
    },

    async keyOf(imageId: string): Promise<string> {
      const [row] = await models.Image.findAll({ attributes: ['objectKey'], where: { id: imageId } });
      if (row) return row.objectKey;
      const tombstone = await models.Tombstone.findOne({ where: { imageId }, rejectOnEmpty: true });
      return tombstone.objectKey;
    },

    /** Resolves when the function has no work, and all that came of it is written down. */
    async quiet(): Promise<void> {
      const endsAt = performance.now() + 60_000;
      while ((runner.health().queued ?? 0) > 0 || pending.size > 0) {
        if (performance.now() > endsAt) throw new Error('the function does not come to an end');
        await wait(10);
      }
    },

    /** A round of the sweep for which all images and tombstones that have work left are due. */
    async sweepAll(): Promise<void> {
      await sequelize.query('UPDATE images SET work_due_at = now() WHERE work_due_at IS NOT NULL');
      await sequelize.query('UPDATE tombstones SET sweep_due_at = now()');
      await sweep.runOnce();
      await functionWorld.quiet();
    },

    async isDue({ id }: { id: string }): Promise<boolean> {
      return (await models.Image.findByPk(id, { rejectOnEmpty: true })).workDueAt !== null;
    },

    /** Sweeps until there is no work left for any image; answers how many rounds that took. */
    async sweepUntilDone(): Promise<number> {
      for (let round = 0; round < 10; round += 1) {
        if ((await models.Image.count({ where: sequelize.literal('work_due_at IS NOT NULL') })) === 0) return round;
        await functionWorld.sweepAll();
      }
      throw new Error('there is always more to do');
    },

    async get(as: { id: string }, id: string): Promise<Image> {
      return (await (await world.request(`/image/${id}`, { as })).json()) as Image;
    },

    async keys(bucket: Bucket, prefix = ''): Promise<string[]> {
      const keys: string[] = [];
      for await (const { key } of world.disk.list(bucket, prefix)) keys.push(key);
      return keys;
    },

    /** What the next invocations meet, by image id. */
    plan: faulty.plan,

    /** Ends all pauses. */
    letGo: faulty.letGo,

    /** How often the function was called for this image, and how often it met its fault. */
    called: ({ id }: { id: string }) => faulty.called(id),

    async close() {
      await sweep.stop();
      await runner.close();
      await functionWorld.quiet();
      await world.close();
    },
  };
  return functionWorld;
}

export type FunctionWorld = Awaited<ReturnType<typeof openFunctionWorld>>;
