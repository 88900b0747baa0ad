import type { Migration } from '../migration.ts';

/** What running uploads of an account have reserved, without reading its images. */
export const migration: Migration = {
  name: '20261127150100-uploads-by-owner',
  indexes: { images_uploading_owner: "images (owner_id) INCLUDE (reserved_bytes) WHERE state = 'uploading'" },
};
