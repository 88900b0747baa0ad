import type { Migration } from '../migration.ts';

/** Whether the token itself names its family: then its row is not needed any more once it was used. */
export const migration: Migration = {
  name: '20261127151000-refresh-token-family',
  up: async (run) => {
    await run('ALTER TABLE refresh_tokens ADD COLUMN names_family boolean NOT NULL DEFAULT false');
  },
  down: async (run) => {
    await run('ALTER TABLE refresh_tokens DROP COLUMN names_family');
  },
};
