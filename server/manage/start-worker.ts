import type { Logger } from 'pino';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import type { Config } from '../config.ts';
import { createJobs } from '../jobs/jobs.ts';
import type { Database } from '../models.ts';
import { startFunction } from '../start-function.ts';
import { type ApplyResult, applyResultOf } from '../thumbnailing/apply-result.ts';
import { createBackfillJobs } from '../thumbnailing/backfill-jobs.ts';
import { recordFailureOf } from '../thumbnailing/record-failure.ts';
import { createSweep } from '../thumbnailing/sweep.ts';

export interface WorkerDeps {
  config: Config;
  database: Database;
  store: ObjectStore;
  logger: Logger;
}

/** What a server does in the background, for the time of a command that no server helps with. Answers how to end it. */
export async function startWorker({ config, database, store, logger }: WorkerDeps): Promise<() => Promise<void>> {
  const deps = { ...database, store, logger };
  const invoker = await startFunction({
    config,
    store,
    logger,
    onResult: (result) => applyResult(result),
    onFailure: recordFailureOf({ ...deps, retryFailed: (ids) => sweep.retryFailed(ids) }),
  });
  const applyResult: ApplyResult = applyResultOf({ ...deps, invoker });
  const sweep = createSweep({ ...deps, invoker, applyResult });
  const handlers = createBackfillJobs({ sequelize: database.sequelize, wakeSweep: sweep.wake });
  const jobs = createJobs({ ...deps, handlers, pollSeconds: 1 });
  sweep.start();
  jobs.start();
  return async () => {
    await Promise.all([sweep.stop(), jobs.stop()]);
    await invoker.close();
  };
}
