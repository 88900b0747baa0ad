import type { Migration } from '../migration.ts';

/** Thumbnails that are due, by owner: the sweep lets owners take turns. */
export const migration: Migration = {
  name: '20261127161000-work-by-owner',
  indexes: {
    images_work_by_owner: "images (owner_id, work_due_at) WHERE work_due_at IS NOT NULL AND state = 'stored'",
  },
};
