import type { Client } from 'pg';

const deadlock = '40P01';

/**
 * Builds an index without blocking writes. One that is whole is kept; one that an earlier try left unfinished is
 * dropped and built again.
 *
 * @param definition What comes after `ON`: `jobs (finished_at) WHERE finished_at IS NOT NULL`.
 */
export async function buildIndex(client: Client, name: string, definition: string): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ isWhole: boolean }>(
      'SELECT indisvalid AND indisready AS "isWhole" FROM pg_index WHERE indexrelid = to_regclass($1)',
      [name],
    );
    if (rows[0]?.isWhole) return;
    if (rows[0]) await client.query(`DROP INDEX CONCURRENTLY ${name}`);
    try {
      await client.query(`CREATE INDEX CONCURRENTLY ${name} ON ${definition}`);
    } catch (error) {
      // With a server of an older version that waits for the lock inside PostgreSQL.
      if ((error as { code?: string }).code !== deadlock) throw error;
    }
  }
}
