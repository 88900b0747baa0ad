import type { Request, Response } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { QueryTypes, type Sequelize } from 'sequelize';
import type { StoreRefusal } from '../../core/storage/refusals.ts';
import type { FunctionHealth, FunctionInvoker } from '../thumbnailing/function-invoker.ts';
import type { SweepStatus } from '../thumbnailing/sweep.ts';

export interface MetricsDeps {
  sequelize: Sequelize;
  functionHealth: () => FunctionHealth;
  storeRefusals?: () => readonly StoreRefusal[];
  sweepStatus: () => Pick<SweepStatus, 'lastRunAt' | 'lastRunSeconds' | 'counts' | 'faults'>;
}

export interface Metrics {
  /** Counts every request and how long it took, by what was asked and how it ended. */
  countRequest(req: Request, res: Response): void;
  /** An upload that counts the bytes of what it took in. */
  countUploads<Arguments extends unknown[], Result extends { image: { bytes: number }; replayed: boolean }>(
    upload: (...args: Arguments) => Promise<Result>,
  ): (...args: Arguments) => Promise<Result>;
  /** The function with a clock at it, which `functionEnded` stops: it counts the answer, and hands it on. */
  timeFunction(invoker: FunctionInvoker): FunctionInvoker;
  functionEnded<Answer extends { originalKey: string } | { resultKey: string }, Result>(
    answer: Answer,
    outcome: 'result' | 'failure',
    next: (answer: Answer) => Promise<Result>,
  ): Promise<Result>;
  contentType: string;
  /** All of it as Prometheus reads it. A database that is away leaves out what only it knows. */
  text(): Promise<string>;
}

const maxPendingInvocations = 10_000;
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const functionSeconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

/** Figures of this process, in a registry of its own; names follow Prometheus' "Metric and label naming". */
export function createMetrics({
  sequelize,
  functionHealth,
  storeRefusals = () => [],
  sweepStatus,
}: MetricsDeps): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const requestCount = new Counter({
    name: 'darkroom_http_requests_total',
    help: 'Requests, by route and how they ended.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const requestTime = new Histogram({
    name: 'darkroom_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route'],
    buckets: requestSeconds,
    registers,
  });
  const uploadedBytes = new Counter({
    name: 'darkroom_upload_bytes_total',
    help: 'Bytes of originals that were stored.',
    registers,
  });
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
    name: 'darkroom_database_connections',
    help: 'Connections of the pool, and requests that wait for one.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(poolOf(sequelize))) this.set({ state }, count);
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
    countRequest: (req, res) => {
      const startedAt = performance.now();
      res.once('close', () => {
        const [method, route] = [methodOf(req), routeOf(req, res)];
        const status = res.writableFinished ? String(res.statusCode) : 'aborted';
        requestCount.inc({ method, route, status });
        requestTime.observe({ method, route }, (performance.now() - startedAt) / 1000);
      });
    },
    countUploads:
      (upload) =>
      async (...args) => {
        const result = await upload(...args);
        if (!result.replayed) uploadedBytes.inc(result.image.bytes);
        return result;
      },
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
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

/** The first part of every key. */
function imageIdOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

const methods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS']);

function methodOf(req: Request): string {
  return methods.has(req.method) ? req.method : 'other';
}

/** A few words, never an address: each new value of a label is kept for as long as the process lives. */
function routeOf(req: Request, res: Response): string {
  if (typeof res.locals.route === 'string') return res.locals.route;
  return /^\/(admin|trpc|objects)(?=[/?]|$)/.exec(req.originalUrl)?.[0] ?? 'unknown';
}

/** The types of Sequelize do not tell of its pool. */
function poolOf(sequelize: Sequelize): Record<string, number> {
  const { connectionManager } = sequelize as Sequelize & {
    connectionManager: { pool?: { using: number; available: number; waiting: number } };
  };
  const { using = 0, available = 0, waiting = 0 } = connectionManager.pool ?? {};
  return { using, available, waiting };
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
