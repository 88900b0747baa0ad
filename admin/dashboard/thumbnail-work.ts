import { QueryTypes } from 'sequelize';
import type { StoreRefusal } from '../../core/storage/refusals.ts';
import type { FunctionHealth } from '../../server/thumbnailing/function-invoker.ts';
import type { SweepStatus } from '../../server/thumbnailing/sweep.ts';
import { sayProblem } from '../locale/say-problem.ts';
import type { PanelDeps } from '../panel-deps.ts';
import type { PanelUser } from '../session/panel-user.ts';

/** How the making of thumbnails does. */
export interface ThumbnailWork {
  function: { status: FunctionHealth['status']; detail: string | null; queued: number | null };
  /** Of the server that answered: when it last looked, in ISO 8601, and which parts did not work then. */
  sweep: { lastRunAt: string | null; faults: { part: string; detail: string | null }[] };
  /** What the object store refuses for good, such as every deletion. */
  storeRefuses: { what: string; detail: string | null }[];
  /** Images that the function is still to bring: those asked for in vain before are among them. */
  waiting: number;
  inVain: number;
  /** Since when the longest overdue of them is; null when nothing is late. */
  overdueSince: string | null;
  jobs: number;
}

/** For who may see images. The reasons of a fault, which may name machines, are for superusers. */
export function thumbnailWorkOf({ sequelize, health }: Pick<PanelDeps, 'sequelize' | 'health'>) {
  return async ({ actor, language }: PanelUser): Promise<ThumbnailWork> => {
    const [queue] = await sequelize.query<Pick<ThumbnailWork, 'waiting' | 'inVain' | 'overdueSince' | 'jobs'>>(
      queueQuery,
      { type: QueryTypes.SELECT },
    );
    const { status, detail, queued } = health.function();
    const { lastRunAt, faults } = health.sweep();
    const told = (text: string | undefined) => (actor.isSuperuser && text ? sayProblem(language, text) : null);
    return {
      function: { status, detail: told(detail), queued: queued ?? null },
      sweep: {
        lastRunAt: lastRunAt?.toISOString() ?? null,
        faults: Object.entries(faults).map(([part, text]) => ({ part, detail: told(text) })),
      },
      storeRefuses: health.store().map(({ operation, bucket, reason }) => ({
        what: `${operation} (${bucket})`,
        detail: actor.isSuperuser ? reason : null,
      })),
      ...(queue as NonNullable<typeof queue>),
    };
  };
}

/** What `PanelDeps` gives of this process. */
export interface WorkHealth {
  function(): FunctionHealth;
  sweep(): Pick<SweepStatus, 'lastRunAt' | 'faults'>;
  store(): readonly StoreRefusal[];
}

const queueQuery = `
  SELECT count(*) AS waiting, count(*) FILTER (WHERE attempts > 1) AS "inVain",
    min(work_due_at) FILTER (WHERE work_due_at < now() - interval '2 minutes') AS "overdueSince",
    (SELECT count(*) FROM jobs WHERE state IN ('queued', 'running')) AS jobs
  FROM images WHERE work_due_at IS NOT NULL`;
