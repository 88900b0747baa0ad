import type { Sequelize } from 'sequelize';
import { z } from 'zod';
import { defineJobHandler, type JobContext, type JobHandler, type JobStep } from '../jobs/job-handler.ts';
import { countDue, markDue, type Scope, scopeSchema } from './backfill.ts';

export interface BackfillJobsDeps {
  sequelize: Sequelize;
  /** Images became due: the sweep is to look now. */
  wakeSweep(): void;
}

const atOnce = 500;
const firstId = '00000000-0000-0000-0000-000000000000';

/** First images are made due (`mark`, up to which id and how many), then their thumbnails are waited for (`wait`). */
const cursorSchema = z.object({
  phase: z.enum(['mark', 'wait']),
  after: z.string(),
  marked: z.int(),
  pauseSeconds: z.number().optional(),
});
type Cursor = z.infer<typeof cursorSchema>;

export const reprocessSchema = z.object({ scope: scopeSchema, force: z.boolean().default(false) });

/**
 * The jobs that bring old images up to date. Progress counts the images that lacked something, and how many of them
 * have it now.
 * - `tier-changed` `{tierId}`: the heights or the format of a tier changed
 * - `account-tier-changed` `{accountId}`: an account moved to another tier
 * - `reprocess` `{scope, force}`: staff asked; with `force`, and for `failed` ones, everything is made anew
 */
export function createBackfillJobs(deps: BackfillJobsDeps): JobHandler[] {
  return [
    defineJobHandler({
      kind: 'tier-changed',
      payload: z.object({ tierId: z.uuid() }),
      cursor: cursorSchema,
      step: (job) => backfill(deps, job, { which: 'tier', tierId: job.payload.tierId }, false),
    }),
    defineJobHandler({
      kind: 'account-tier-changed',
      payload: z.object({ accountId: z.uuid() }),
      cursor: cursorSchema,
      step: (job) => backfill(deps, job, { which: 'owner', ownerId: job.payload.accountId }, false),
    }),
    defineJobHandler({
      kind: 'reprocess',
      payload: reprocessSchema,
      cursor: cursorSchema,
      step: (job) => {
        const { scope, force } = job.payload;
        return backfill(deps, job, scope, force || scope.which === 'failed');
      },
    }),
  ];
}

async function backfill(
  deps: BackfillJobsDeps,
  job: JobContext<unknown, Cursor>,
  scope: Scope,
  isForced: boolean,
): Promise<JobStep<Cursor>> {
  const cursor = job.cursor ?? { phase: 'mark', after: firstId, marked: 0 };
  const work = { scope, cursor, remakeBefore: isForced ? job.createdAt : null };
  return cursor.phase === 'mark' ? mark(deps, work) : wait(deps, work);
}

interface Work {
  scope: Scope;
  cursor: Cursor;
  remakeBefore: Date | null;
}

async function mark(
  { sequelize, wakeSweep }: BackfillJobsDeps,
  { scope, cursor, remakeBefore }: Work,
): Promise<JobStep<Cursor>> {
  const batch = await markDue(sequelize, scope, { after: cursor.after, limit: atOnce, remakeBefore });
  if (batch.marked > 0) wakeSweep();
  const next = { after: batch.last, marked: cursor.marked + batch.marked };
  if (batch.more) {
    return { finished: false, cursor: { phase: 'mark', ...next }, progress: { done: 0, total: null } };
  }
  const progress = { done: 0, total: next.marked };
  if (next.marked === 0) return { finished: true, progress };
  return { finished: false, cursor: { phase: 'wait', ...next }, progress, pauseSeconds: 1 };
}

async function wait({ sequelize }: BackfillJobsDeps, { scope, cursor, remakeBefore }: Work): Promise<JobStep<Cursor>> {
  const due = await countDue(sequelize, scope, { upTo: cursor.after, remakeBefore });
  const progress = { done: Math.max(0, cursor.marked - due), total: cursor.marked };
  if (due === 0) return { finished: true, progress };
  const pauseSeconds = Math.min(15, (cursor.pauseSeconds ?? 1) * 1.5);
  return { finished: false, cursor: { ...cursor, pauseSeconds }, progress, pauseSeconds };
}
