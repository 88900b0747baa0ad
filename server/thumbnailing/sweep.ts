import type { Logger } from 'pino';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { removeOldEntriesOf } from '../audit/remove-old-entries.ts';
import { purgeExpiredOf } from '../maintenance/purge-expired.ts';
import type { Database } from '../models.ts';
import { repeat } from '../process/repeat.ts';
import type { ApplyResult } from './apply-result.ts';
import type { FunctionInvoker } from './function-invoker.ts';
import { createRetryFailed } from './retry-failed.ts';
import { sweepDeadUploadsOf } from './sweep-dead-uploads.ts';
import { secondsUntilDue, sweepDueImagesOf } from './sweep-due-images.ts';
import { sweepTombstonesOf } from './sweep-tombstones.ts';

export interface SweepDeps extends Database {
  store: ObjectStore;
  invoker: FunctionInvoker;
  applyResult: ApplyResult;
  /** 0, or absent: the log is kept for good. */
  auditRetentionDays?: number;
  logger: Logger;
}

const everySeconds = 60;
/** As long as there is more to do than can be done in one round. */
const busySeconds = 0.25;
/** After a fault: the store or the database was away, or a function that is down. */
const faultSeconds = 5;

/** What the sweep has done since the process started. */
export interface SweepCounts {
  asked: number;
  found: number;
  ended: number;
  cleared: number;
  purged: number;
}

export interface SweepStatus {
  lastRunAt: Date | null;
  /** Seconds that the last whole round took. */
  lastRunSeconds: number;
  counts: Readonly<SweepCounts>;
  /** Parts that did not work the last time, and why. For staff. */
  faults: Readonly<Record<string, string>>;
}

type Part = (signal: AbortSignal) => Promise<Partial<SweepCounts> & { more?: boolean }>;

/**
 * Mends what events missed: at the start and every minute, on every server, sharing the work by row locks. No part's
 * trouble stops another one, and a store or database that is away is logged once.
 *
 * It deletes only objects that a row or a tombstone of ours names.
 */
export function createSweep(deps: SweepDeps) {
  const { logger } = deps;
  const retryFailed = createRetryFailed({ ...deps, wakeWithin: (seconds) => images.wakeWithin(seconds) });
  const parts = {
    images: sweepDueImagesOf({ ...deps, retryFailed: retryFailed.failed }),
    uploads: sweepDeadUploadsOf(deps),
    tombstones: sweepTombstonesOf(deps),
    expired: purgeExpiredOf(deps),
    log: removeOldEntriesOf({ ...deps, retentionDays: deps.auditRetentionDays ?? 0 }),
  } satisfies Record<string, Part>;
  const counts: SweepCounts = { asked: 0, found: 0, ended: 0, cleared: 0, purged: 0 };
  const faults = new Map<string, string>();
  const stopping = new AbortController();
  let lastRunAt: Date | null = null;
  let lastRunSeconds = 0;

  const runPart = async (name: keyof typeof parts): Promise<boolean> => {
    try {
      const { more = false, ...did }: Awaited<ReturnType<Part>> = await parts[name](stopping.signal);
      for (const [count, by] of Object.entries(did)) counts[count as keyof SweepCounts] += by;
      if (faults.delete(name)) logger.info({ part: name }, 'the sweep works again');
      return more;
    } catch (error) {
      if (!faults.has(name)) logger.error({ err: error, part: name }, 'the sweep failed; it goes on trying');
      faults.set(name, error instanceof Error ? error.message : String(error));
      return false;
    }
  };

  const keepHouse = async (): Promise<boolean> => {
    const more = await Promise.all([runPart('uploads'), runPart('tombstones'), runPart('expired'), runPart('log')]);
    return more.includes(true);
  };
  const runOnce = async (): Promise<SweepStatus> => {
    const startedAt = new Date();
    await Promise.all([runPart('images'), keepHouse()]);
    lastRunAt = startedAt;
    lastRunSeconds = (Date.now() - startedAt.getTime()) / 1000;
    return status();
  };
  const status = (): SweepStatus => ({
    lastRunAt,
    lastRunSeconds,
    counts: { ...counts },
    faults: Object.fromEntries(faults),
  });

  const jittered = () => everySeconds * (0.9 + Math.random() * 0.2);
  const untilNext = async (): Promise<number> => {
    // A function that is down is asked for a few images at a time: those that wait are no reason to look again.
    if (deps.invoker.health().status === 'down') return jittered();
    const seconds = await secondsUntilDue(deps.sequelize).catch(() => faultSeconds);
    return Math.min(jittered(), Math.max(1, seconds));
  };
  const images = repeat(async () => {
    if (await runPart('images')) return busySeconds;
    return faults.has('images') ? faultSeconds : untilNext();
  });
  const house = repeat(async () => {
    const startedAt = new Date();
    const more = await keepHouse();
    lastRunAt = startedAt;
    lastRunSeconds = (Date.now() - startedAt.getTime()) / 1000;
    return more ? busySeconds : jittered();
  });

  return {
    /** One round of all parts; it never rejects. */
    runOnce,
    status,
    start: () => {
      images.start();
      house.start();
    },
    /** Their thumbnails were not made, through no fault of theirs: they are tried again within seconds. */
    retryFailed: retryFailed.failed,
    /** Images became due: look now. */
    wake: () => images.wake(),
    /** Tombstones were left: look now. */
    wakeForTombstones: () => house.wake(),
    /** Resolves when what runs has ended, within a batch. */
    stop: async () => {
      stopping.abort();
      await Promise.all([images.stop(), house.stop(), retryFailed.stop()]);
    },
  };
}

export type Sweep = ReturnType<typeof createSweep>;
