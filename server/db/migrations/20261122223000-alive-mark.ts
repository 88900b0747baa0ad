import type { Migration } from '../migration.ts';

/** When a server of this installation last said that it lives; the store keeps the same, so that an older database shows. */
export const migration: Migration = {
  name: '20261122223000-alive-mark',
  up: async (run) => {
    await run('ALTER TABLE installation ADD COLUMN alive_at timestamptz(3)');
  },
  down: async (run) => {
    await run('ALTER TABLE installation DROP COLUMN alive_at');
  },
};
