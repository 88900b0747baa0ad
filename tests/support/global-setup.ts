import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../server/project-root.ts';
import { asSuperuser, startTestCluster, type TestCluster, templateName, withDatabase } from './test-cluster.ts';

declare global {
  var darkroomTestCluster: TestCluster | undefined;
}

/** Starts the run's PostgreSQL and migrates the template that each test file's database is a clone of. */
export default async function globalSetup(): Promise<void> {
  const started = await startTestCluster();
  globalThis.darkroomTestCluster = started;
  const { url, superuserUrl } = started.postgres;
  process.env.TEST_DATABASE_URL = url;
  process.env.TEST_DATABASE_SUPERUSER_URL = superuserUrl;
  const owner = new URL(url).username;
  await asSuperuser(superuserUrl, `CREATE DATABASE ${templateName} OWNER ${owner}`);
  await migrateTemplate(withDatabase(url, templateName));
  await asSuperuser(superuserUrl, `ALTER DATABASE ${templateName} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
}

async function migrateTemplate(url: string): Promise<void> {
  const file = join(projectRoot, 'server/db/migrate.ts');
  if (!existsSync(file)) return;
  const { migrate } = await import(file);
  await migrate({ url, logger: { info() {}, warn() {} } });
}
