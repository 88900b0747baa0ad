import { randomBytes } from 'node:crypto';
import { asSuperuser, templateName, withDatabase } from './test-cluster.ts';

export interface TestDatabase {
  /** As the owner of the database, who is no superuser. */
  url: string;
  drop(): Promise<void>;
}

/**
 * A database of its own with all migrations run, cloned from the run's template (about 20 ms).
 *
 * @param options.migrated false gives an empty database.
 */
export async function createTestDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  return cloneDatabase(migrated ? templateName : 'template1');
}

/** What a backup of it would hold now. Nobody may be connected to it. */
export async function copyTestDatabase({ url }: TestDatabase): Promise<TestDatabase> {
  return cloneDatabase(new URL(url).pathname.slice(1));
}

async function cloneDatabase(template: string): Promise<TestDatabase> {
  const superuserUrl = process.env.TEST_DATABASE_SUPERUSER_URL;
  const ownerUrl = process.env.TEST_DATABASE_URL;
  if (!superuserUrl || !ownerUrl) throw new Error('run the tests with jest, whose global setup starts PostgreSQL');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const owner = new URL(ownerUrl).username;
  await asSuperuser(superuserUrl, `CREATE DATABASE ${name} TEMPLATE ${template} OWNER ${owner} STRATEGY wal_log`);
  return {
    url: withDatabase(ownerUrl, name),
    drop: () => asSuperuser(superuserUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
