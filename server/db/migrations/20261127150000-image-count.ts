import type { Migration } from '../migration.ts';

/** How many stored originals an account has, kept beside their bytes, so that nobody counts them at each look. */
export const migration: Migration = {
  name: '20261127150000-image-count',
  up: async (run) => {
    await run('ALTER TABLE accounts ADD COLUMN image_count integer NOT NULL DEFAULT 0 CHECK (image_count >= 0)');
    await run(`
      UPDATE accounts SET image_count = counted.images
      FROM (SELECT owner_id, count(*) AS images FROM images WHERE state = 'stored' GROUP BY owner_id) counted
      WHERE accounts.id = counted.owner_id`);
  },
  down: async (run) => {
    await run('ALTER TABLE accounts DROP COLUMN image_count');
  },
};
