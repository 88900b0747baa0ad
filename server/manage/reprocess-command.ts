import { setTimeout as sleep } from 'node:timers/promises';
import { findAccountNamed } from '../accounts/get-account.ts';
import type { ReprocessImages } from '../images/reprocess-images.ts';
import type { JobModel } from '../jobs/job.model.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Models } from '../models.ts';
import { StartupError } from '../process/startup-error.ts';
import type { Scope } from '../thumbnailing/backfill.ts';
import { createPace } from './pace.ts';
import type { ProgressBar } from './progress-bar.ts';

export interface ReprocessCommandOptions {
  failed?: boolean;
  /** A username. */
  owner?: string;
  /** A tier's name. */
  tier?: string;
  force?: boolean;
}

export interface ReprocessCommandDeps {
  models: Models;
  reprocess: ReprocessImages;
  jobs: Pick<Jobs, 'get'>;
  /** Does the work in this process. */
  startWorker(): Promise<void>;
  bar: ProgressBar;
  signal: AbortSignal;
  /** How long a running server has to take the job up. */
  patienceMilliseconds?: number;
}

const lookEveryMilliseconds = 300;

/**
 * Enqueues the job and follows it to its end. A server that runs does it; without one this process does. A
 * StartupError (exit code 1) when not everything is made at the end.
 */
export async function runReprocess(deps: ReprocessCommandDeps, options: ReprocessCommandOptions): Promise<string> {
  const { models, reprocess, jobs, bar, signal, patienceMilliseconds = 8_000 } = deps;
  const scope = await toScope(models, options);
  const jobId = await reprocess(null, { scope, force: options.force });
  const helpAt = Date.now() + patienceMilliseconds;
  let isHelping = false;
  const pace = createPace((images) => `${images.toFixed(1)} images`);
  for (;;) {
    const job = await jobs.get(jobId);
    if (!job) throw new StartupError('The job was deleted.');
    const { progressDone: done, progressTotal: total } = job;
    bar.show('Making thumbnails', done, total, total === null ? '' : pace(done, total));
    if (job.finishedAt) {
      bar.clear();
      return answerFor(job);
    }
    if (!isHelping && job.startedAt === null && Date.now() > helpAt) {
      isHelping = true;
      await deps.startWorker();
    }
    await sleep(lookEveryMilliseconds, undefined, { signal }).catch(() => {
      bar.clear();
      throw new StartupError(
        'Stopped looking. The job goes on, in the server that runs or in the next one that starts.',
      );
    });
  }
}

async function toScope(models: Models, { failed, owner, tier }: ReprocessCommandOptions): Promise<Scope> {
  if ([failed, owner, tier].filter(Boolean).length > 1) {
    throw new StartupError('--failed, --owner and --tier do not go together. Give one of them.');
  }
  if (failed) return { which: 'failed' };
  if (owner !== undefined) {
    const account = await findAccountNamed(models, owner);
    if (!account) throw new StartupError(`There is no account named ${owner}.`);
    return { which: 'owner', ownerId: account.id };
  }
  if (tier !== undefined) {
    const found = await models.Tier.findOne({ where: { name: tier }, attributes: ['id'] });
    if (!found) throw new StartupError(`There is no tier named ${tier}.`);
    return { which: 'tier', tierId: found.id };
  }
  return { which: 'all' };
}

function answerFor({ state, failure, progressDone: done, progressTotal }: JobModel): string {
  const total = progressTotal ?? 0;
  if (state === 'failed') throw new StartupError(`The job failed: ${failure}`);
  if (state === 'cancelled') throw new StartupError('The job was cancelled.');
  if (done < total) {
    throw new StartupError(`${done} of ${total} images are done. The service goes on trying the others.`);
  }
  return total === 0 ? 'Nothing is missing.' : `Done: ${total} ${total === 1 ? 'image' : 'images'}.`;
}
