import type { Migration } from '../migration.ts';

/** What a person should know of an image of which thumbnails were made all the same. */
export const migration: Migration = {
  name: '20261127171500-image-warnings',
  up: async (run) => {
    await run("ALTER TABLE images ADD COLUMN warnings text[] NOT NULL DEFAULT '{}'");
  },
  down: async (run) => {
    await run('ALTER TABLE images DROP COLUMN warnings');
  },
};
