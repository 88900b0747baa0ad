import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type StoreRefusal, unionRefusals } from '../core/storage/refusals.ts';
import { ensureFirstAdmin, type FirstAdmin } from './accounts/first-admin.ts';
import { createPasswords } from './accounts/passwords.ts';
import { recordAuditOf } from './audit/record-audit.ts';
import type { Config } from './config.ts';
import { isEmbedded } from './embedded/data-folder.ts';
import type { Secrets } from './embedded/secrets.ts';
import type { Infrastructure } from './infrastructure.ts';
import { createAliveMark, letGoOfOlderUploads } from './installation/alive-mark.ts';
import { matchInstallation } from './installation/match-installation.ts';
import { createJobs, type Jobs } from './jobs/jobs.ts';
import { createBackgroundMetrics } from './monitoring/background-metrics.ts';
import { openResultsQueue } from './open-results-queue.ts';
import { requireStore } from './require-store.ts';
import { startFunction } from './start-function.ts';
import { type ApplyResult, applyResultOf } from './thumbnailing/apply-result.ts';
import { createBackfillJobs } from './thumbnailing/backfill-jobs.ts';
import type { FunctionEnds, FunctionHealth, FunctionInvoker } from './thumbnailing/function-invoker.ts';
import { inheritLastRun } from './thumbnailing/inherit-last-run.ts';
import { recordFailureOf } from './thumbnailing/record-failure.ts';
import { createSweep, type SweepStatus } from './thumbnailing/sweep.ts';
import { ensureFirstTiers } from './tiers/first-tiers.ts';

/** What requests need of the work in the background. It is in this process, or in the one that started this one. */
export interface Background extends Pick<FunctionInvoker, 'invoke'>, Pick<FunctionEnds, 'onResult'> {
  functionHealth(): FunctionHealth;
  sweepStatus(): SweepStatus;
  storeRefusals(): readonly StoreRefusal[];
  /** A job was enqueued: look now. */
  wakeJobs(): void;
  /** Tombstones were left: look now. */
  wakeForTombstones(): void;
}

export interface BackgroundDeps {
  config: Config;
  secrets: Secrets;
  infrastructure: Infrastructure;
  registry: Registry;
  /** What the store refuses other processes of this server. */
  refusalsOfOthers?: () => readonly StoreRefusal[];
  logger: Logger;
  /** Aborted when the server begins to stop, perhaps in the middle of its start. */
  stopping: AbortSignal;
}

export interface RunningBackground extends Background {
  /** Starts function, sweep, jobs and queue. A StartupError when database, store and secrets do not match. */
  start(): Promise<void>;
  /** Tiers and the admin account, when there are none. What it made up is for the console, once. */
  firstStart(): Promise<FirstAdmin | null>;
  /** Resolves when what runs has ended, within a step. */
  stop(): Promise<void>;
  /** After `stop`, and when no request comes any more. */
  closeFunction(): Promise<void>;
}

/** What a server does once, however many of its processes answer requests. */
export async function createBackground(deps: BackgroundDeps): Promise<RunningBackground> {
  const { config, secrets, infrastructure, registry, logger, stopping } = deps;
  const { database, sequelize, store, probe } = infrastructure;
  const storeRefusals = () => unionRefusals([infrastructure.refusals(), deps.refusalsOfOthers?.() ?? []]);
  const metrics = createBackgroundMetrics({
    registry,
    sequelize,
    functionHealth: () => invoker.health(),
    sweepStatus: () => sweep.status(),
    storeRefusals,
  });
  const functionEnds: FunctionEnds = {
    onResult: (result) => metrics.functionEnded(result, 'result', applyResult),
    onFailure: (failure) => metrics.functionEnded(failure, 'failure', recordFailure),
  };
  const invoker: FunctionInvoker = metrics.timeFunction(
    await startFunction({ config, store, logger, ...functionEnds }),
  );
  const resultsQueue = await openResultsQueue({ config, logger, ...functionEnds });
  const recordFailure = recordFailureOf({ ...database, retryFailed: (ids) => sweep.retryFailed(ids), logger });
  const applyResult: ApplyResult = applyResultOf({ ...database, store, invoker, logger });
  const sweep = createSweep({
    ...database,
    auditRetentionDays: config.auditRetentionDays,
    store,
    invoker,
    applyResult,
    logger,
  });
  const jobs: Jobs = createJobs({
    ...database,
    handlers: createBackfillJobs({ sequelize, wakeSweep: sweep.wake }),
    logger,
  });
  const aliveMark = createAliveMark({ sequelize, store, logger });

  return {
    invoke: invoker.invoke,
    onResult: functionEnds.onResult,
    functionHealth: () => invoker.health(),
    sweepStatus: sweep.status,
    storeRefusals,
    wakeJobs: jobs.wake,
    wakeForTombstones: sweep.wakeForTombstones,
    start: async () => {
      await matchInstallation({ sequelize, store, secrets, config, logger, signal: stopping });
      await requireStore({ probe, logger, signal: stopping });
      await letGoOfOlderUploads({ sequelize, store, logger });
      if (isEmbedded(config)) await inheritLastRun(sequelize);
      sweep.start();
      jobs.start();
      resultsQueue?.start();
      aliveMark.start();
    },
    firstStart: async () => {
      const recordAudit = recordAuditOf(database.models);
      await ensureFirstTiers({ ...database, recordAudit })();
      return ensureFirstAdmin({ ...database, passwords: createPasswords(), recordAudit })(config.admin);
    },
    stop: async () => {
      await Promise.all([aliveMark.stop(), resultsQueue?.stop(), sweep.stop(), jobs.stop()]);
    },
    closeFunction: () => invoker.close(),
  };
}
