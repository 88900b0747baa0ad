import type { Migration } from '../migration.ts';

/**
 * What the panel's lists count and sort by, so that they stay quick with hundreds of thousands of images: narrow indexes
 * that counts and pages are read from alone. The log is searched as images are.
 */
export const migration: Migration = {
  name: '20261122220000-panel-lists',
  up: async (run) => {
    await run('SET LOCAL statement_timeout = 0');
    await run("CREATE INDEX images_by_owner ON images (owner_id) WHERE state = 'stored'");
    await run("CREATE INDEX images_by_status ON images (status, id) WHERE state = 'stored'");
    await run("CREATE INDEX images_by_type ON images (content_type, id) WHERE state = 'stored'");
    await run("CREATE INDEX images_by_name ON images (name, id) WHERE state = 'stored'");
    await run(
      'CREATE INDEX audit_entries_search ON audit_entries USING gin (actor_name gin_trgm_ops, action gin_trgm_ops, record_title gin_trgm_ops)',
    );
  },
  down: async (run) => {
    await run('DROP INDEX audit_entries_search, images_by_name, images_by_type, images_by_status, images_by_owner');
  },
};
