import type { Logger } from 'pino';
import type { Database } from '../models.ts';
import { repeat } from '../process/repeat.ts';
import { enqueueJobOf } from './enqueue-job.ts';
import type { JobModel } from './job.model.ts';
import type { JobHandler } from './job-handler.ts';
import { createJobTable } from './job-table.ts';
import { runJob } from './run-job.ts';

export interface JobsDeps extends Database {
  handlers: readonly JobHandler[];
  logger: Logger;
  /** Jobs that this server works on at the same time. */
  workers?: number;
  /** How often a free worker looks for what another server enqueued. */
  pollSeconds?: number;
  /** How long a job waits for a worker that died. */
  leaseSeconds?: number;
}

/**
 * Long work with progress, in PostgreSQL: it survives a restart, and several servers share it. A job belongs to one
 * worker at a time, by a lease; a worker that dies is replaced when that ends, and one that lost it writes nothing.
 */
export function createJobs(deps: JobsDeps) {
  const { sequelize, models, handlers, logger, workers = 2, pollSeconds = 5, leaseSeconds = 60 } = deps;
  const table = createJobTable(sequelize, { leaseSeconds });
  const byKind = new Map(handlers.map((handler) => [handler.kind, handler]));
  const stopping = new AbortController();
  let isAway = false;

  const workOnNext = async (): Promise<boolean> => {
    try {
      const job = await table.claim([...byKind.keys()]);
      isAway = false;
      const handler = job && byKind.get(job.kind);
      if (!handler) return false;
      await runJob({ table, logger, leaseSeconds }, handler, job, stopping.signal);
      return true;
    } catch (error) {
      if (!isAway) logger.error({ err: error }, 'jobs cannot be read or written; trying on');
      isAway = true;
      return false;
    }
  };
  const lanes = Array.from({ length: workers }, () => repeat(async () => ((await workOnNext()) ? 0 : pollSeconds)));
  const wake = () => {
    for (const lane of lanes) lane.wake();
  };

  return {
    enqueue: enqueueJobOf({ sequelize, wake }),
    wake,
    get: (id: string): Promise<JobModel | null> => models.Job.findByPk(id),
    /** What runs ends within its step. False when the job had ended before. */
    cancel: (id: string): Promise<boolean> => table.cancel(id),
    start: () => {
      for (const lane of lanes) lane.start();
    },
    /** Resolves when what runs has ended, within a step; it goes on elsewhere, or after a restart. */
    stop: async () => {
      stopping.abort();
      await Promise.all(lanes.map((lane) => lane.stop()));
    },
  };
}

export type Jobs = ReturnType<typeof createJobs>;
