import type { Migration } from '../migration.ts';

/** Limits of a tier on requests and uploads; null leaves those of the service. */
export const migration: Migration = {
  name: '20261127172000-tier-rate-limits',
  async up(run) {
    await run(`
      ALTER TABLE tiers
        ADD COLUMN requests_per_minute integer CHECK (requests_per_minute BETWEEN 1 AND 1000000),
        ADD COLUMN uploads_per_hour integer CHECK (uploads_per_hour BETWEEN 1 AND 1000000);
    `);
  },
  async down(run) {
    await run('ALTER TABLE tiers DROP COLUMN requests_per_minute, DROP COLUMN uploads_per_hour;');
  },
};
