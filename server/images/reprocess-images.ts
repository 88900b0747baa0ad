import type { RecordAudit } from '../audit/record-audit.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { Scope } from '../thumbnailing/backfill.ts';

export interface ReprocessImagesDeps extends Pick<Database, 'sequelize'> {
  jobs: Pick<Jobs, 'enqueue'>;
  recordAudit: RecordAudit;
}

export interface ReprocessInput {
  /** `all`, `failed`, one `owner`'s or one `tier`'s. */
  scope: Scope;
  /** Make everything anew, not only what is missing. Failed images are always tried again, when the scope is theirs. */
  force?: boolean;
}

/**
 * Brings thumbnails up to date in the background, for staff with `images.reprocess` (a null actor is the command line).
 * Resolves with the id of the job that does it and tells how far it is.
 */
export function reprocessImagesOf({ sequelize, jobs, recordAudit }: ReprocessImagesDeps) {
  return async (
    actor: Actor | null,
    { scope, force = false }: ReprocessInput,
    origin: Origin | null = null,
  ): Promise<string> => {
    requirePermission(actor, 'images.reprocess');
    return sequelize.transaction(async (transaction) => {
      const createdBy = actor?.accountId ?? null;
      const jobId = await jobs.enqueue('reprocess', { scope, force }, { createdBy, transaction });
      const changes = { scope: { to: scope }, force: { to: force } };
      await recordAudit(
        { actor, action: 'reprocess', resource: 'images', recordId: jobId, recordTitle: scope.which, changes, origin },
        transaction,
      );
      return jobId;
    });
  };
}

export type ReprocessImages = ReturnType<typeof reprocessImagesOf>;
