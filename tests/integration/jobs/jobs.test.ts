import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import { createSequelize } from '../../../server/db/sequelize.ts';
import { defineJobHandler, type JobHandler } from '../../../server/jobs/job-handler.ts';
import { createJobs, type JobsDeps } from '../../../server/jobs/jobs.ts';
import { createModels } from '../../../server/models.ts';
import { createTestDatabase, type TestDatabase } from '../../support/create-test-database.ts';
import { silent } from '../../support/thumbnailing-world.ts';

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

describe('jobs', () => {
  let database: TestDatabase;
  let sequelize: ReturnType<typeof createSequelize>;
  let models: ReturnType<typeof createModels>;
  const running: ReturnType<typeof createJobs>[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    sequelize = createSequelize({ url: database.url, poolSize: 12 });
    models = createModels(sequelize);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((jobs) => jobs.stop()));
    await models.Job.destroy({ where: {} });
  });
  afterAll(async () => {
    await sequelize.close();
    await database.drop();
  });

  /** As one server has it; `fast` so that a test does not wait. */
  function server(handlers: JobHandler[], more: Partial<JobsDeps> = {}) {
    const fast = { pollSeconds: 0.05, leaseSeconds: 1 };
    const jobs = createJobs({ sequelize, models, handlers, logger: silent, ...fast, ...more });
    running.push(jobs);
    return jobs;
  }
  const counting = (done: number[], { steps = 3, onStep }: { steps?: number; onStep?: () => Promise<void> } = {}) =>
    defineJobHandler({
      kind: 'count',
      payload: z.object({}),
      cursor: z.object({ next: z.int() }),
      step: async ({ cursor }) => {
        const number = cursor?.next ?? 0;
        await onStep?.();
        done.push(number);
        const progress = { done: number + 1, total: steps };
        return number + 1 === steps
          ? { finished: true, progress }
          : { finished: false, cursor: { next: number + 1 }, progress };
      },
    });
  async function until(id: string, state: string) {
    for (let wait = 0; wait < 500; wait += 1) {
      const job = await models.Job.findByPk(id, { rejectOnEmpty: true });
      if (job.state === state) return job;
      await sleep(10);
    }
    throw new Error(`the job never was ${state}`);
  }

  it('does its steps in order, and ends with its progress', async () => {
    const done: number[] = [];
    const jobs = server([counting(done)]);
    jobs.start();
    const job = await until(await jobs.enqueue('count', {}), 'done');
    expect(done).toEqual([0, 1, 2]);
    expect(job).toMatchObject({ progressDone: 3, progressTotal: 3, failure: null, leaseUntil: null });
    expect(job.finishedAt).not.toBeNull();
  });

  it('is there with its transaction, or not at all', async () => {
    const jobs = server([]);
    const failing = sequelize.transaction(async (transaction) => {
      await jobs.enqueue('count', {}, { transaction });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await models.Job.count()).toBe(0);
  });

  it('wakes a worker when the transaction commits, without waiting for the next look', async () => {
    const done: number[] = [];
    const jobs = server([counting(done, { steps: 1 })], { pollSeconds: 60 });
    jobs.start();
    await sleep(50);
    await sequelize.transaction((transaction) => jobs.enqueue('count', {}, { transaction }));
    await sleep(300);
    expect(done).toEqual([0]);
  });

  it('is done once when three servers share it', async () => {
    const done: number[] = [];
    const handler = counting(done, { steps: 1, onStep: () => sleep(5) });
    const servers = [1, 2, 3].map(() => server([handler]));
    const ids = await Promise.all(Array.from({ length: 30 }, () => servers[0]!.enqueue('count', {})));
    for (const each of servers) each.start();
    for (const id of ids) await until(id, 'done');
    expect(done).toHaveLength(30);
  });

  it('stops within the step, and another server goes on from there', async () => {
    const first: number[] = [];
    const second: number[] = [];
    const slow = server([counting(first, { steps: 5, onStep: () => sleep(100) })]);
    const id = await slow.enqueue('count', {});
    slow.start();
    while (first.length < 1) await sleep(5);
    await slow.stop();
    const next = first.length;
    expect(next).toBeLessThan(5);
    expect((await models.Job.findByPk(id))?.state).toBe('queued');
    server([counting(second, { steps: 5 })]).start();
    await until(id, 'done');
    expect(second).toEqual([0, 1, 2, 3, 4].slice(next));
  });

  it('is taken over when its worker dies, and the dead one writes no more', async () => {
    const ghost = createSequelize({ url: database.url });
    let release = () => {};
    const stuck = defineJobHandler({
      kind: 'count',
      payload: z.object({}),
      cursor: z.object({ next: z.int() }),
      step: async () => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return { finished: false, cursor: { next: 99 }, progress: { done: 99, total: 99 } };
      },
    });
    const dying = server([stuck], { sequelize: ghost, models: createModels(ghost), leaseSeconds: 0.5, workers: 1 });
    const id = await dying.enqueue('count', {});
    dying.start();
    await until(id, 'running');
    await models.Job.update({ leaseUntil: new Date(0) }, { where: { id } });
    await sequelize.query(`UPDATE jobs SET lease_until = now() - interval '1 second' WHERE id = '${id}'`);
    const done: number[] = [];
    server([counting(done)]).start();
    await until(id, 'done');
    release();
    await sleep(100);
    expect(await models.Job.findByPk(id)).toMatchObject({ state: 'done', progressDone: 3 });
    expect(done).toEqual([0, 1, 2]);
    await dying.stop();
    await ghost.close();
  });

  it('keeps its lease as long as a step takes', async () => {
    const done: number[] = [];
    const handler = counting(done, { steps: 1, onStep: () => sleep(1500) });
    const servers = [server([handler], { leaseSeconds: 0.6 }), server([handler], { leaseSeconds: 0.6 })];
    const id = await servers[0]!.enqueue('count', {});
    for (const each of servers) each.start();
    await until(id, 'done');
    expect(done).toEqual([0]);
  });

  it('is tried again with its cursor when a step fails', async () => {
    const done: number[] = [];
    let failures = 1;
    const jobs = server([
      counting(done, {
        onStep: async () => {
          if (done.length === 1 && failures-- > 0) throw new Error('a passing trouble');
        },
      }),
    ]);
    const id = await jobs.enqueue('count', {});
    jobs.start();
    while ((await jobs.get(id))?.failure === null) await sleep(10);
    expect(await jobs.get(id)).toMatchObject({ state: 'queued', failure: 'a passing trouble', attempts: 1 });
    await sequelize.query('UPDATE jobs SET run_at = now()');
    expect(await until(id, 'done')).toMatchObject({ failure: null, attempts: 0 });
    expect(done).toEqual([0, 1, 2]);
  });

  it.each([
    ['ends as failed', new Error('no way'), 'failed'],
    ['waits as long as it takes for a store that is away', new AppError('unavailable', 'away'), 'queued'],
  ])('%s after ten failures in a row', async (_, error, state) => {
    const jobs = server([
      counting([], {
        onStep: async () => {
          throw error;
        },
      }),
    ]);
    const id = await jobs.enqueue('count', {});
    jobs.start();
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      while (((await jobs.get(id))?.attempts ?? 0) < attempt) await sleep(5);
      await sequelize.query(`UPDATE jobs SET run_at = now() WHERE state = 'queued' AND attempts < 10`);
    }
    expect(await jobs.get(id)).toMatchObject({ state, failure: error.message });
  });

  it('fails at once when the payload is not what the handler takes', async () => {
    const strict = defineJobHandler({
      kind: 'strict',
      payload: z.object({ id: z.uuid() }),
      cursor: z.null(),
      step: async () => ({ finished: true, progress: { done: 0, total: 0 } }),
    });
    const jobs = server([strict]);
    jobs.start();
    await until(await jobs.enqueue('strict', { id: 'x' }), 'failed');
  });

  it('leaves jobs alone that it has no handler for', async () => {
    const jobs = server([]);
    const id = await jobs.enqueue('of a newer version', {});
    jobs.start();
    await sleep(150);
    expect((await jobs.get(id))?.state).toBe('queued');
  });

  it('ends within the step when it is cancelled, and stays cancelled', async () => {
    const done: number[] = [];
    const jobs = server([counting(done, { steps: 100, onStep: () => sleep(20) })]);
    const id = await jobs.enqueue('count', {});
    jobs.start();
    while (done.length < 2) await sleep(5);
    expect(await jobs.cancel(id)).toBe(true);
    const count = done.length;
    await sleep(200);
    expect(done.length).toBeLessThanOrEqual(count + 1);
    expect((await jobs.get(id))?.state).toBe('cancelled');
    expect(await jobs.cancel(id)).toBe(false);
  });

  it('lets others run while it pauses', async () => {
    const order: string[] = [];
    const pausing = defineJobHandler({
      kind: 'pausing',
      payload: z.object({}),
      cursor: z.object({}),
      step: async ({ cursor }) => {
        order.push(cursor ? 'paused' : 'before');
        const progress = { done: 1, total: 2 };
        return cursor ? { finished: true, progress } : { finished: false, cursor: {}, progress, pauseSeconds: 0.3 };
      },
    });
    const other = defineJobHandler({
      kind: 'other',
      payload: z.object({}),
      cursor: z.null(),
      step: async () => {
        order.push('other');
        return { finished: true, progress: { done: 1, total: 1 } };
      },
    });
    const jobs = server([pausing, other], { workers: 1 });
    const id = await jobs.enqueue('pausing', {});
    await jobs.enqueue('other', {});
    jobs.start();
    await until(id, 'done');
    expect(order).toEqual(['before', 'other', 'paused']);
  });

  describe('with a key', () => {
    it('is enqueued once as long as it waits, and again when it has started', async () => {
      const jobs = server([counting([])]);
      const first = await jobs.enqueue('count', {}, { dedupe: 'tier 1' });
      expect(await jobs.enqueue('count', {}, { dedupe: 'tier 1' })).toBe(first);
      expect(await jobs.enqueue('count', {}, { dedupe: 'tier 2' })).not.toBe(first);
      jobs.start();
      await until(first, 'done');
      expect(await jobs.enqueue('count', {}, { dedupe: 'tier 1' })).not.toBe(first);
    });

    it('may fail before its first step is kept, while another one waits with the same key', async () => {
      let failures = 1;
      const done: number[] = [];
      const jobs = server([
        counting(done, {
          steps: 1,
          onStep: async () => {
            if (failures-- > 0) {
              await jobs.enqueue('count', {}, { dedupe: 'k' });
              throw new Error('a passing trouble');
            }
          },
        }),
      ]);
      const id = await jobs.enqueue('count', {}, { dedupe: 'k' });
      jobs.start();
      while ((await jobs.get(id))?.failure !== 'a passing trouble') await sleep(10);
      await sequelize.query('UPDATE jobs SET run_at = now()');
      await until(id, 'done');
      while (done.length < 2) await sleep(10);
    });

    it('does not start before the transaction that leans on it is over', async () => {
      const done: number[] = [];
      const jobs = server([counting(done, { steps: 1 })]);
      const id = await jobs.enqueue('count', {}, { dedupe: 'k' });
      await sequelize.transaction(async (transaction) => {
        expect(await jobs.enqueue('count', {}, { dedupe: 'k', transaction })).toBe(id);
        jobs.start();
        await sleep(200);
        expect(done).toEqual([]);
      });
      await until(id, 'done');
    });
  });

  it('goes on by itself when the database was away', async () => {
    const done: number[] = [];
    const jobs = server([counting(done, { steps: 1 })]);
    jobs.start();
    await sequelize.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await until(await jobs.enqueue('count', {}, { createdBy: null }), 'done');
    expect(done).toEqual([0]);
    expect(await jobs.get(uuidV7())).toBeNull();
  });
});
