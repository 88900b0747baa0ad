import type { Migration } from '../migration.ts';

/** The key of a late result names the image, and no longer the key of its original: its tombstone is found by the image. */
export const migration: Migration = {
  name: '20261127150500-tombstones-by-image',
  indexes: { tombstones_image: 'tombstones (image_id)' },
};
