import { Gauge, Histogram, type Registry } from 'prom-client';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { StoreRefusal } from '../../core/storage/refusals.ts';
import type { FunctionHealth, FunctionInvoker } from '../thumbnailing/function-invoker.ts';
import type { SweepStatus } from '../thumbnailing/sweep.ts';

export interface BackgroundMetricsDeps {
  registry: Registry;
  sequelize: Sequelize;
  functionHealth: () => FunctionHealth;
  storeRefusals?: () => readonly StoreRefusal[];
  sweepStatus: () => Pick<SweepStatus, 'lastRunAt' | 'lastRunSeconds' | 'counts' | 'faults'>;
}

export interface BackgroundMetrics {
  /** The function with a clock at it, which `functionEnded` stops: it counts the answer, and hands it on. */
  timeFunction(invoker: FunctionInvoker): FunctionInvoker;
  functionEnded<Answer extends { originalKey: string } | { resultKey: string }, Result>(
    answer: Answer,
    outcome: 'result' | 'failure',
    next: (answer: Answer) => Promise<Result>,
  ): Promise<Result>;
}

const maxPendingInvocations = 10_000;
const functionSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** What the process that works in the background knows; what only the database knows is left out while that is away. */
export function createBackgroundMetrics({
  registry,
  sequelize,
  functionHealth,
  storeRefusals = () => [],
  sweepStatus,
}: BackgroundMetricsDeps): BackgroundMetrics {
  const registers = [registry];
  const functionTime = new Histogram({
    name: 'darkroom_function_duration_seconds',
    help: 'From asking for the thumbnails of an original to their result, waiting included.',
    labelNames: ['outcome'],
    buckets: functionSeconds,
    registers,
  });
  gauge('darkroom_function_up', 'Whether the thumbnail function works.', () =>
    Number(functionHealth().status === 'ok'),
  );
  gauge('darkroom_function_queue', 'Invocations that run or wait.', () => functionHealth().queued ?? 0);
  gauge('darkroom_sweep_last_run_timestamp_seconds', 'When the sweep last ran.', () => {
    return (sweepStatus().lastRunAt?.getTime() ?? 0) / 1000;
  });
  gauge('darkroom_sweep_last_run_duration_seconds', 'How long it took.', () => sweepStatus().lastRunSeconds);
  gauge(
    'darkroom_sweep_faults',
    'Parts of the sweep that did not work.',
    () => Object.keys(sweepStatus().faults).length,
  );
  new Gauge({
    name: 'darkroom_store_refusals',
    help: 'Operations that the object store refuses for good; none is there when it refuses none.',
    labelNames: ['operation', 'bucket'],
    registers,
    collect() {
      this.reset();
      for (const { operation, bucket } of storeRefusals()) this.set({ operation, bucket }, 1);
    },
  });
  new Gauge({
    name: 'darkroom_sweep_mended',
    help: 'What the sweep did since the process started.',
    labelNames: ['what'],
    registers,
    collect() {
      for (const [what, count] of Object.entries(sweepStatus().counts)) this.set({ what }, count);
    },
  });
  new Gauge({
    name: 'darkroom_backlog',
    help: 'Work in the database that waits for its time.',
    labelNames: ['kind'],
    registers,
    async collect() {
      this.reset();
      for (const [kind, count] of Object.entries(await backlogOf(sequelize))) this.set({ kind }, count);
    },
  });

  function gauge(name: string, help: string, value: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  }

  const asked = new Map<string, number>();

  return {
    timeFunction: (invoker) => ({
      ...invoker,
      invoke: (request) => {
        const [oldest] = asked.keys();
        if (asked.size >= maxPendingInvocations && oldest !== undefined) asked.delete(oldest);
        asked.set(imageIdOf(request.originalKey), performance.now());
        return invoker.invoke(request);
      },
    }),
    functionEnded: (answer, outcome, next) => {
      const imageId = imageIdOf('resultKey' in answer ? answer.resultKey : answer.originalKey);
      const askedAt = asked.get(imageId);
      asked.delete(imageId);
      if (askedAt !== undefined) functionTime.observe({ outcome }, (performance.now() - askedAt) / 1000);
      return next(answer);
    },
  };
}

/** The first part of every key. */
function imageIdOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

async function backlogOf(sequelize: Sequelize): Promise<Record<string, number>> {
  try {
    const [row] = await sequelize.query<Record<string, number>>(
      `SELECT (SELECT count(*) FROM images WHERE work_due_at <= now()) AS images_due,
         (SELECT count(*) FROM images WHERE upload_lease_until IS NOT NULL) AS uploads_running,
         (SELECT count(*) FROM tombstones WHERE sweep_due_at <= now()) AS tombstones_due,
         (SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')) AS jobs`,
      { type: QueryTypes.SELECT },
    );
    return row ?? {};
  } catch {
    return {};
  }
}
