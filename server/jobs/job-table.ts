import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { v4 as uuidV4, v7 as uuidV7 } from 'uuid';
import type { JobStep } from './job-handler.ts';

export interface ClaimedJob {
  id: string;
  kind: string;
  payload: unknown;
  cursor: unknown;
  done: number;
  total: number | null;
  attempts: number;
  createdAt: Date;
  /** Whoever has it may write; a job that was taken over has another one. */
  leaseToken: string;
}

export interface NewJob {
  kind: string;
  payload: Record<string, unknown>;
  createdBy: string | null;
  dedupe: string | null;
}

/** The id of the job, or of the one that waits with the same key: nobody starts that one before this commits. */
export async function insertJob(
  sequelize: Sequelize,
  { kind, payload, createdBy, dedupe }: NewJob,
  transaction?: Transaction,
): Promise<string> {
  const rows = await sequelize.query<{ id: string }>(
    `INSERT INTO jobs (id, kind, payload, created_by, dedupe_key) VALUES ($1, $2, $3::jsonb, $4, $5)
         ON CONFLICT (kind, dedupe_key) WHERE state = 'queued' AND cursor IS NULL
         DO UPDATE SET run_at = least(jobs.run_at, excluded.run_at)
         RETURNING id`,
    {
      type: QueryTypes.SELECT,
      bind: [uuidV7(), kind, JSON.stringify(payload), createdBy, dedupe],
      transaction,
    },
  );
  const id = rows[0]?.id;
  if (!id) throw new Error('a job was not written');
  return id;
}

/** The statements behind `createJobs`. Each is one atomic step between several servers. */
export function createJobTable(sequelize: Sequelize, { leaseSeconds }: { leaseSeconds: number }) {
  const lease = `now() + interval '${leaseSeconds} seconds'`;

  /** Writes as long as the job is still this worker's; false when it is not. */
  const writeOwn = async (job: ClaimedJob, set: string, bind: unknown[] = []): Promise<boolean> => {
    const rows = await sequelize.query(
      `UPDATE jobs SET ${set} WHERE id = $1 AND lease_token = $2 AND state = 'running' RETURNING id`,
      { type: QueryTypes.SELECT, bind: [job.id, job.leaseToken, ...bind] },
    );
    return rows.length > 0;
  };

  return {
    /** The next job that is due, or whose worker died. From now on nothing is added to it. */
    claim: async (kinds: readonly string[]): Promise<ClaimedJob | null> => {
      const rows = await sequelize.query<ClaimedJob>(
        `UPDATE jobs SET state = 'running', lease_until = ${lease}, lease_token = $2, dedupe_key = NULL,
           started_at = coalesce(started_at, now())
         WHERE id = (
           SELECT id FROM jobs
           WHERE state IN ('queued', 'running') AND kind = ANY ($1)
             AND CASE state WHEN 'queued' THEN run_at <= now() ELSE lease_until < now() END
           ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, payload, cursor, progress_done AS done, progress_total AS total, attempts,
           created_at AS "createdAt", lease_token AS "leaseToken"`,
        { type: QueryTypes.SELECT, bind: [[...kinds], uuidV4()] },
      );
      return rows[0] ?? null;
    },

    renew: (job: ClaimedJob) => writeOwn(job, `lease_until = ${lease}`),

    saveStep: (job: ClaimedJob, step: JobStep<unknown>) => {
      const progress = [step.progress.done, step.progress.total];
      const set = 'attempts = 0, failure = NULL, progress_done = $3, progress_total = $4';
      if (step.finished) {
        return writeOwn(
          job,
          `${set}, state = 'done', finished_at = now(), lease_until = NULL, lease_token = NULL`,
          progress,
        );
      }
      const cursor = JSON.stringify(step.cursor);
      if (step.pauseSeconds === undefined) {
        return writeOwn(job, `${set}, cursor = $5::jsonb, lease_until = ${lease}`, [...progress, cursor]);
      }
      return writeOwn(
        job,
        `${set}, cursor = $5::jsonb, state = 'queued', run_at = now() + $6 * interval '1 second', lease_until = NULL,
         lease_token = NULL`,
        [...progress, cursor, step.pauseSeconds],
      );
    },

    /** Gives the job back; another server goes on with it. */
    release: (job: ClaimedJob) =>
      writeOwn(job, `state = 'queued', run_at = now(), lease_until = NULL, lease_token = NULL`),

    retryLater: (job: ClaimedJob, failure: string) =>
      writeOwn(
        job,
        `state = 'queued', attempts = attempts + 1, failure = $3, lease_until = NULL, lease_token = NULL,
         run_at = now() + least(600, 2 * power(2, least(attempts, 10))) * interval '1 second'`,
        [failure],
      ),

    fail: (job: ClaimedJob, failure: string) =>
      writeOwn(
        job,
        `state = 'failed', attempts = attempts + 1, failure = $3, finished_at = now(), lease_until = NULL,
         lease_token = NULL`,
        [failure],
      ),

    /** False when it had ended before. */
    cancel: async (id: string): Promise<boolean> => {
      const rows = await sequelize.query(
        `UPDATE jobs SET state = 'cancelled', finished_at = now(), lease_until = NULL, lease_token = NULL
         WHERE id = $1 AND state IN ('queued', 'running') RETURNING id`,
        { type: QueryTypes.SELECT, bind: [id] },
      );
      return rows.length > 0;
    },
  };
}

export type JobTable = ReturnType<typeof createJobTable>;
