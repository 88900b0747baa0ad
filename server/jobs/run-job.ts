import type { Logger } from 'pino';
import { ZodError } from 'zod';
import { AppError } from '../../core/errors.ts';
import { isDatabaseAway } from '../db/is-database-away.ts';
import type { JobHandler, JobStep } from './job-handler.ts';
import type { ClaimedJob, JobTable } from './job-table.ts';

export interface RunJobDeps {
  table: JobTable;
  logger: Logger;
  leaseSeconds: number;
}

const maxAttempts = 10;

/** Works on a claimed job, step by step, until it is finished, pauses, fails, is taken away or the server stops. */
export async function runJob(
  { table, logger, leaseSeconds }: RunJobDeps,
  handler: JobHandler,
  job: ClaimedJob,
  stopping: AbortSignal,
): Promise<void> {
  const lost = new AbortController();
  const heartbeat = setInterval(
    () => {
      table.renew(job).then(
        (isOurs) => isOurs || lost.abort(),
        (error) => logger.warn({ err: error, jobId: job.id }, 'the lease of a job could not be renewed'),
      );
    },
    (leaseSeconds * 1000) / 3,
  );
  const signal = AbortSignal.any([stopping, lost.signal]);
  try {
    await runSteps({ table, handler, job, signal });
  } catch (error) {
    // A step that was told to end may say so with an error.
    if (signal.aborted) await table.release(job);
    else await recordFailure({ table, logger }, job, error);
  } finally {
    clearInterval(heartbeat);
  }
}

async function runSteps(deps: { table: JobTable; handler: JobHandler; job: ClaimedJob; signal: AbortSignal }) {
  const { table, handler, job, signal } = deps;
  let { cursor } = job;
  let progress: JobStep<unknown>['progress'] = { done: job.done, total: job.total };
  while (!signal.aborted) {
    const { id: jobId, createdAt, payload } = job;
    const step = await handler.step({ jobId, createdAt, payload, cursor, progress, signal });
    const isOurs = await table.saveStep(job, step);
    if (!isOurs || step.finished || step.pauseSeconds !== undefined) return;
    ({ cursor, progress } = step);
  }
  await table.release(job);
}

async function recordFailure(
  { table, logger }: Pick<RunJobDeps, 'table' | 'logger'>,
  job: ClaimedJob,
  error: unknown,
): Promise<void> {
  const isFinal = error instanceof ZodError || (job.attempts + 1 >= maxAttempts && !isPassing(error));
  const text = error instanceof Error ? error.message : String(error);
  logger.error({ err: error, jobId: job.id, kind: job.kind, isFinal }, 'a job failed');
  await (isFinal ? table.fail(job, text) : table.retryLater(job, text));
}

/** The trouble of something that comes back: it is tried again as long as it takes. */
function isPassing(error: unknown): boolean {
  return isDatabaseAway(error) || (error instanceof AppError && error.code === 'unavailable');
}
