import { QueryTypes, type Sequelize } from 'sequelize';
import { inParallel } from '../../core/async/in-parallel.ts';
import { earlierResultKey, resultKey } from '../../core/storage/object-key.ts';
import type { Recipe } from '../../core/thumbnails/recipe.ts';
import {
  findWantedThumbnails,
  imagesWithTierSql,
  lacksThumbnailsSql,
  type WantedThumbnails,
} from '../images/missing-thumbnails.ts';
import type { AppliedResult, ApplyResult } from './apply-result.ts';
import { backOffSql } from './back-off.ts';
import type { FunctionInvoker } from './function-invoker.ts';
import type { RetryFailed } from './retry-failed.ts';

export interface SweepDueImagesDeps {
  sequelize: Sequelize;
  invoker: FunctionInvoker;
  applyResult: ApplyResult;
  /** The images could not be brought on, through no fault of their own. */
  retryFailed: RetryFailed['failed'];
}

export interface SweptDueImages {
  /** Requests to the function. */
  asked: number;
  /** Results that were there, their events lost. */
  found: number;
  /** The function has all it can take now, and more images are due. */
  more: boolean;
}

const claimedAtOnce = 25;
const lanes = 8;
/** Requests that may wait where the queue can be seen; it is filled up again a moment later. */
const maxQueued = 64;
/** Requests a round where it cannot. */
const maxUnseen = 50;
/** Requests a round to a function that is down: enough to notice that it is back. */
const maxProbes = 3;

/**
 * Images whose thumbnails are due: their event was lost, the function was away, or their tier has more now. A result
 * that is there already is taken in; otherwise the function is asked again. A claim moves `work_due_at` on, so several
 * servers share the work, and an answer that never comes is waited for longer each time.
 */
export function sweepDueImagesOf({ sequelize, invoker, applyResult, retryFailed }: SweepDueImagesDeps) {
  return async (signal: AbortSignal): Promise<SweptDueImages> => {
    const swept: SweptDueImages = { asked: 0, found: 0, more: false };
    const health = invoker.health();
    let room = roomIn(health);
    while (!signal.aborted) {
      if (room <= 0) return { ...swept, more: health.status !== 'down' && (await isAnyDue(sequelize)) };
      const claims = await claimDueImages(sequelize, Math.min(room, claimedAtOnce));
      if (claims.length === 0) break;
      const wanted = await findWantedThumbnails(
        sequelize,
        claims.map((claim) => claim.id),
      );
      await settleComplete(sequelize, claims, wanted);
      const left = new Set(wanted.map((image) => image.imageId));
      try {
        await inParallel(wanted, lanes, async (image) => {
          const done = await bringOn(image);
          left.delete(image.imageId);
          if (done) swept[done] += 1;
          if (done === 'asked') room -= 1;
        });
      } catch (error) {
        await retryFailed([...left]);
        throw error;
      }
    }
    return swept;
  };

  async function bringOn({ objectKey, ownerId, recipe }: WantedThumbnails): Promise<'asked' | 'found' | null> {
    if (!recipe) return null;
    const applied = await applyWritten(objectKey, recipe);
    if (applied.complete) return 'found';
    if (applied.asked) return 'asked';
    if (applied.outcome === 'unknown') return null;
    await invoker.invoke({ originalKey: objectKey, ownerId, recipe });
    return 'asked';
  }

  /** The result for this recipe, also where an earlier version wrote it. */
  async function applyWritten(objectKey: string, recipe: Recipe): Promise<AppliedResult> {
    const applied = await applyResult({ resultKey: resultKey(objectKey, recipe) });
    if (applied.outcome !== 'absent') return applied;
    return applyResult({ resultKey: earlierResultKey(objectKey, recipe) });
  }
}

function roomIn(health: ReturnType<FunctionInvoker['health']>): number {
  if (health.status === 'down') return maxProbes;
  return health.queued === undefined ? maxUnseen : maxQueued - health.queued;
}

interface Claim {
  id: string;
  workDueAt: Date;
}

/** Owners whose turn is looked at in one claim, from two ends. */
const ownersAtOnce = 256;

const dueSql = "work_due_at <= now() AND state = 'stored'";

/** SQL: up to so many owners with images that are due, from this one on; one step of the index for each. */
const ownersFromSql = (first: string) => `(
  WITH RECURSIVE owner AS (
    (SELECT owner_id, 1 AS place FROM images WHERE owner_id >= ${first} AND ${dueSql} ORDER BY owner_id LIMIT 1)
    UNION ALL
    SELECT next.owner_id, owner.place + 1 FROM owner CROSS JOIN LATERAL (
      SELECT owner_id FROM images WHERE owner_id > owner.owner_id AND ${dueSql} ORDER BY owner_id LIMIT 1) AS next
    WHERE owner.place < ${ownersAtOnce})
  SELECT owner_id FROM owner)`;

/**
 * SQL: the images that are due, owners in turns: the oldest of each, then the second of each, so that thousands of one do
 * not make everybody else wait. Of very many owners it sees only some; the one that waits longest is always among them.
 * More than are wanted, for some may be another server's by now.
 */
const inTurnSql = `
  SELECT due.id FROM (
    SELECT * FROM ${ownersFromSql("'00000000-0000-0000-0000-000000000000'::uuid")} AS first_owners
    UNION
    SELECT * FROM ${ownersFromSql(`(SELECT owner_id FROM images WHERE ${dueSql} ORDER BY work_due_at LIMIT 1)`)} AS next_owners
  ) AS owners CROSS JOIN LATERAL (
    SELECT id, work_due_at, row_number() OVER (ORDER BY work_due_at) AS turn FROM (
      SELECT id, work_due_at FROM images WHERE owner_id = owners.owner_id AND ${dueSql}
      ORDER BY work_due_at LIMIT $1 * 2) AS own
  ) AS due
  ORDER BY due.turn, due.work_due_at LIMIT $1 * 4`;

async function claimDueImages(sequelize: Sequelize, limit: number): Promise<Claim[]> {
  return sequelize.query<Claim>(
    `UPDATE images SET attempts = attempts + 1, work_due_at = now() + ${backOffSql('attempts')}
     WHERE id IN (
       SELECT id FROM images WHERE id = ANY (ARRAY(${inTurnSql})) AND work_due_at <= now() AND state = 'stored'
       LIMIT $1 FOR UPDATE SKIP LOCKED)
     RETURNING id, work_due_at AS "workDueAt"`,
    { type: QueryTypes.SELECT, bind: [limit] },
  );
}

/** Seconds until the next image is due; Infinity when none is. */
export async function secondsUntilDue(sequelize: Sequelize): Promise<number> {
  const [next] = await sequelize.query<{ seconds: number }>(
    `SELECT extract(epoch FROM work_due_at - now())::float8 AS seconds FROM images
     WHERE work_due_at IS NOT NULL AND state = 'stored' ORDER BY work_due_at LIMIT 1`,
    { type: QueryTypes.SELECT },
  );
  return next?.seconds ?? Number.POSITIVE_INFINITY;
}

async function isAnyDue(sequelize: Sequelize): Promise<boolean> {
  const rows = await sequelize.query(`SELECT FROM images WHERE work_due_at <= now() AND state = 'stored' LIMIT 1`, {
    type: QueryTypes.SELECT,
  });
  return rows.length > 0;
}

/**
 * Nothing is missing of these: they are not due any more. Only while `work_due_at` is what the claim wrote: whoever
 * made an image due meanwhile has seen a tier that this statement may not see yet.
 */
async function settleComplete(
  sequelize: Sequelize,
  claims: readonly Claim[],
  wanted: readonly WantedThumbnails[],
): Promise<void> {
  const complete = new Set(wanted.filter((image) => !image.recipe).map((image) => image.imageId));
  const settled = claims.filter((claim) => complete.has(claim.id));
  if (settled.length === 0) return;
  await sequelize.query(
    `UPDATE images SET work_due_at = NULL, attempts = 0
     WHERE id IN (
       SELECT image.id FROM ${imagesWithTierSql}
       JOIN unnest($1::uuid[], $2::timestamptz[]) AS claim (id, due_at) ON claim.id = image.id
       WHERE image.work_due_at = claim.due_at AND NOT ${lacksThumbnailsSql}
       FOR UPDATE OF image SKIP LOCKED)`,
    { bind: [settled.map((claim) => claim.id), settled.map((claim) => claim.workDueAt)] },
  );
}
