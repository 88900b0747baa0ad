import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import { Umzug, type UmzugStorage } from 'umzug';
import { StartupError } from '../process/startup-error.ts';
import { projectVersion } from '../project-root.ts';
import { doesConnectionHoldLock, tryAdvisoryLockOfConnection } from './advisory-locks.ts';
import { buildIndex } from './build-index.ts';
import { connectWithoutLimits } from './connect-without-limits.ts';
import type { Migration, SchemaMigration } from './migration.ts';
import { migrations as allMigrations } from './migrations/index.ts';

export interface MigrateOptions {
  url: string;
  logger: Pick<Logger, 'info' | 'warn'>;
  /** Ends the waiting, and the step that runs: nothing of that one is kept. */
  signal?: AbortSignal;
  migrations?: readonly Migration[];
  /** Kept beside each migration, so that an older server can say which version it lacks. */
  version?: string;
}

const lookAgainMs = 500;
const sayAgainMs = 10_000;
const lockNotAvailable = '55P03';

/**
 * Brings the database to the newest version; resolves with the names of what it ran. The lock and the work are on one
 * connection without time limits: a step may take hours, and the lock is gone exactly when the work is. Servers that
 * start meanwhile wait, and say so. Rejects with StartupError when the database is newer than this program.
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const { url, signal, migrations = allMigrations, version = projectVersion } = options;
  const client = await connectWithoutLimits(url, 'darkroom migrate');
  const stop = () => void client.end().catch(() => {});
  try {
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop, { once: true });
    if (!(await isAnythingToDo(client, migrations, version))) return [];
    await waitForTurn(client, options);
    // Whoever had the lock before may have done it all, or more than this version knows.
    if (!(await isAnythingToDo(client, migrations, version))) return [];
    await client.query('CREATE TABLE IF NOT EXISTS migrations (name varchar(255) PRIMARY KEY)');
    await client.query(`ALTER TABLE migrations ADD COLUMN IF NOT EXISTS version text NOT NULL DEFAULT ''`);
    return (await createUmzug(client, { ...options, migrations, version }).up()).map(({ name }) => name);
  } catch (error) {
    if (signal?.aborted) throw new StartupError('Stopped before the database was at this version.');
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await client.end().catch(() => {});
  }
}

async function isAnythingToDo(client: pg.Client, migrations: readonly Migration[], version: string): Promise<boolean> {
  const executed = await readExecuted(client);
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = executed.filter(({ name }) => !known.has(name)).at(-1);
  if (unknown) throw new StartupError(tooNew(unknown, version));
  const names = new Set(executed.map(({ name }) => name));
  return migrations.some(({ name }) => !names.has(name));
}

function tooNew(unknown: Executed, version: string): string {
  const isNamed = unknown.version !== '' && unknown.version !== version;
  const needed = isNamed ? `Darkroom ${unknown.version} or newer` : `a build that has the migration ${unknown.name}`;
  return `The database is newer than this Darkroom ${version}: it needs ${needed}. Start that, or restore the backup from before the upgrade.`;
}

interface Executed {
  name: string;
  /** Empty for what ran before versions were kept. */
  version: string;
}

async function readExecuted(client: pg.Client): Promise<Executed[]> {
  const { rows: tables } = await client.query<{ isThere: boolean }>(
    `SELECT to_regclass('migrations') IS NOT NULL AS "isThere"`,
  );
  if (!tables[0]?.isThere) return [];
  const { rows } = await client.query<Executed>(
    `SELECT name, coalesce(to_jsonb(migrations) ->> 'version', '') AS version FROM migrations ORDER BY name`,
  );
  return rows;
}

/**
 * Looks again and again instead of waiting inside PostgreSQL: a statement that waits there holds a snapshot, and
 * `CREATE INDEX CONCURRENTLY` of whoever has the lock would wait for that, in a circle.
 */
async function waitForTurn(client: pg.Client, { logger, signal }: MigrateOptions): Promise<void> {
  const startedAt = performance.now();
  let saidAt = Number.NEGATIVE_INFINITY;
  for (;;) {
    if (await tryAdvisoryLockOfConnection(client, 'migrations')) return;
    const now = performance.now();
    if (now - saidAt >= sayAgainMs) {
      const seconds = Math.round((now - startedAt) / 1000);
      logger.warn({ seconds }, 'another server is migrating the database; waiting for it');
      saidAt = now;
    }
    await sleep(lookAgainMs, undefined, { signal });
  }
}

type UmzugOptions = Required<Pick<MigrateOptions, 'migrations' | 'version'>> & Pick<MigrateOptions, 'logger'>;

/** Up and down on a connection that holds the lock. */
export function createUmzug(client: pg.Client, { migrations, version, logger }: UmzugOptions) {
  const storage: UmzugStorage = {
    // In its own transaction a schema migration has done it already.
    logMigration: async ({ name }) => {
      await client.query('INSERT INTO migrations (name, version) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
        name,
        version,
      ]);
    },
    unlogMigration: async ({ name }) => {
      await client.query('DELETE FROM migrations WHERE name = $1', [name]);
    },
    executed: async () => (await readExecuted(client)).map(({ name }) => name),
  };
  const run = async (sql: string) => {
    await client.query(sql);
  };
  const up = async (migration: Migration) => {
    const { name } = migration;
    logger.info({ migration: name }, 'migrating the database');
    if ('indexes' in migration) {
      await requireLock(client);
      for (const [index, definition] of Object.entries(migration.indexes)) await buildIndex(client, index, definition);
      return;
    }
    await inTransaction(client, { name, logger }, async () => {
      await migration.up(run);
      await storage.logMigration({ name, context: {} });
    });
  };
  const down = async (migration: Migration) => {
    const { name } = migration;
    if ('indexes' in migration) {
      await requireLock(client);
      for (const index of Object.keys(migration.indexes)) await run(`DROP INDEX CONCURRENTLY IF EXISTS ${index}`);
      return;
    }
    await inTransaction(client, { name, logger }, async () => {
      await migration.down(run);
      await storage.unlogMigration({ name, context: {} });
    });
  };
  return new Umzug({
    migrations: migrations.map((migration) => ({
      name: migration.name,
      up: () => up(migration),
      down: () => down(migration),
    })),
    storage,
    logger: undefined,
  });
}

/**
 * A change of a table waits for those who read it, and everybody else waits behind it: after some seconds it steps back,
 * lets them pass and tries again.
 */
async function inTransaction(
  client: pg.Client,
  { name, logger }: Pick<SchemaMigration, 'name'> & Pick<MigrateOptions, 'logger'>,
  work: () => Promise<void>,
): Promise<void> {
  for (;;) {
    await client.query('BEGIN');
    try {
      await client.query(`SET LOCAL lock_timeout = '5s'`);
      await requireLock(client);
      await work();
      await client.query('COMMIT');
      return;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      if ((error as { code?: string }).code !== lockNotAvailable) throw error;
      logger.warn({ migration: name }, 'a table that the migration changes is in use; trying again');
      await sleep(lookAgainMs);
    }
  }
}

/** A pooler in transaction mode runs each transaction on whatever connection is free, and the lock stays on another. */
async function requireLock(client: pg.Client): Promise<void> {
  if (await doesConnectionHoldLock(client, 'migrations')) return;
  throw new StartupError(
    'Migrations need a connection of their own, and a connection pooler in transaction mode gives none. Let DATABASE_URL name PostgreSQL itself, or a pool in session mode, for: npm run manage -- migrate',
  );
}
