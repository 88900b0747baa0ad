import { QueryTypes } from 'sequelize';
import { titleOf } from '../actions/panel-action.ts';
import { sectionAction } from '../actions/section-action.ts';
import { sayProblem } from '../locale/say-problem.ts';
import type { PanelDeps } from '../panel-deps.ts';

/** What a tier reaches: before a change of it, and while one is carried out. */
export interface TierImpact {
  accounts: number;
  /** Stored images of its users that thumbnails can be made of. */
  images: number;
  /** How many of those have this thumbnail already. */
  made: { height: number; format: string; images: number }[];
  /** Work that changes of this tier have caused, the newest first. */
  jobs: { id: string; state: string; done: number; total: number | null; failure: string | null; at: string }[];
  otherTiers: { id: string; name: string }[];
}

/** On a tier's page, and behind its form; POST gives its users another tier, for who may change users. */
export function tierImpactSection({ sequelize, useCases }: PanelDeps) {
  const rows = <T extends object>(sql: string, tierId: string) =>
    sequelize.query<T>(sql, { bind: [tierId], type: QueryTypes.SELECT });
  return sectionAction(
    { permission: 'tiers.view', component: 'TierReach' },
    async (record, { language }) => {
      const id = record.id();
      const [[counts], made, found, otherTiers] = await Promise.all([
        rows<Pick<TierImpact, 'accounts' | 'images'>>(countsQuery, id),
        rows<TierImpact['made'][number]>(madeQuery, id),
        rows<TierImpact['jobs'][number]>(jobsQuery, id),
        rows<TierImpact['otherTiers'][number]>(otherTiersQuery, id),
      ]);
      const { accounts = 0, images = 0 } = counts ?? {};
      const jobs = found.map((job) => ({ ...job, failure: job.failure && sayProblem(language, job.failure) }));
      return { accounts, images, made, jobs, otherTiers } satisfies TierImpact;
    },
    async (record, form, { actor, origin, say }) => {
      const { moved } = await useCases.moveAccounts(actor, record.id(), form.text('to'), origin);
      const message = say.count(
        moved,
        {
          one: '{{count}} user has another tier than {{name}} now.',
          other: '{{count}} users have another tier than {{name}} now.',
        },
        { name: titleOf(record) },
      );
      return { message };
    },
  );
}

const imagesOfTier = `images i JOIN accounts a ON a.id = i.owner_id
  WHERE a.tier_id = $1 AND i.state = 'stored' AND i.status <> 'failed'`;

const countsQuery = `
  SELECT (SELECT count(*) FROM accounts WHERE tier_id = $1) AS accounts,
    (SELECT count(*) FROM ${imagesOfTier}) AS images`;

const madeQuery = `
  SELECT t.tier_height AS height, t.format, count(*) AS images FROM thumbnails t
  WHERE t.image_id IN (SELECT i.id FROM ${imagesOfTier}) GROUP BY 1, 2 ORDER BY 1, 2`;

const jobsQuery = `
  SELECT id, state, progress_done AS done, progress_total AS total, failure, created_at AS at FROM jobs
  WHERE kind = 'tier-changed' AND payload ->> 'tierId' = $1::text ORDER BY created_at DESC LIMIT 3`;

const otherTiersQuery = 'SELECT id, name::text AS name FROM tiers WHERE id <> $1 ORDER BY name';
