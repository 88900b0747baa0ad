import type { Migration } from '../migration.ts';

/** What has expired is found without reading what has not; and an account is deleted without reading all jobs. */
export const migration: Migration = {
  name: '20261127151100-purge-indexes',
  indexes: {
    refresh_tokens_used: 'refresh_tokens (used_at) WHERE used_at IS NOT NULL AND revoked_at IS NULL AND names_family',
    rate_limits_expire: 'rate_limits (expire)',
    expiring_links_revoked: 'expiring_links (revoked_at) WHERE revoked_at IS NOT NULL',
    jobs_finished: 'jobs (finished_at) WHERE finished_at IS NOT NULL',
    jobs_created_by: 'jobs (created_by) WHERE created_by IS NOT NULL',
  },
};
