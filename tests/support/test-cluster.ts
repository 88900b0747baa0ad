import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { runningPostmaster, stopPostmaster } from '../../server/embedded/postgres/postmaster.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/embedded/postgres.ts';
import { currentProcessIdentity, stillRuns } from '../../server/embedded/process-identity.ts';

const prefix = 'darkroom-tests-';
export const templateName = 'darkroom_template';

export interface TestCluster {
  postgres: EmbeddedPostgres;
  directory: string;
}

/** One PostgreSQL for a whole run of the tests, in a temp folder, without fsync. */
export async function startTestCluster(): Promise<TestCluster> {
  await removeAbandonedClusters();
  const directory = mkdtempSync(join(tmpdir(), prefix));
  writeFileSync(join(directory, 'owner.json'), JSON.stringify(currentProcessIdentity()));
  const quiet = { info() {}, warn: console.warn, error: console.error };
  const postgres = await startEmbeddedPostgres({
    directory: join(directory, 'postgres'),
    logger: quiet as never,
    durable: false,
  });
  return { postgres, directory };
}

export async function stopTestCluster({ postgres, directory }: TestCluster): Promise<void> {
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** A run that was killed leaves its server behind: the next one ends it. */
async function removeAbandonedClusters(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix)) continue;
    const directory = join(tmpdir(), name);
    try {
      if (stillRuns(JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8')))) continue;
    } catch {
      continue;
    }
    const cluster = join(directory, 'postgres', 'cluster');
    const running = await runningPostmaster(cluster);
    if (running) await stopPostmaster(cluster, running.pid);
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs one statement as superuser of the cluster. */
export async function asSuperuser(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The same server and role, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
