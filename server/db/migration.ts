export type RunSql = (sql: string) => Promise<void>;

/** One step of the database's shape, there and back; each way is one transaction. */
export interface SchemaMigration {
  name: string;
  up(run: RunSql): Promise<void>;
  down(run: RunSql): Promise<void>;
  /**
   * Only for a step that takes away what an earlier version uses: the first released version that no longer uses it. The
   * servers of the version before go on while this one migrates, so a step adds first and removes a version later.
   */
  removesUnusedSince?: string;
}

/**
 * Indexes on tables that can be large, by name: `{ jobs_finished: 'jobs (finished_at) WHERE finished_at IS NOT NULL' }`.
 * They are built one after the other without blocking writes, outside of a transaction. Cut off, the step is run again:
 * it keeps the indexes that are whole and builds the others.
 */
export interface IndexMigration {
  name: string;
  indexes: Readonly<Record<string, string>>;
}

export type Migration = SchemaMigration | IndexMigration;
