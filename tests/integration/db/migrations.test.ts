import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrate } from '../../../server/db/migrate.ts';
import type { Migration, SchemaMigration } from '../../../server/db/migration.ts';
import { migrations } from '../../../server/db/migrations/index.ts';
import { projectVersion } from '../../../server/project-root.ts';
import { createTestDatabase, type TestDatabase } from '../../support/create-test-database.ts';
import { findBreaks, findNewIndexes, readSchema } from '../../support/schema-changes.ts';

const quiet = { info() {}, warn() {} };

/** These landed before indexes were built without blocking writes. */
const landedWithBlockingIndexes = ['20261122220000-panel-lists', '20261127150000-image-count'];

function step(name: string, up: SchemaMigration['up'], more: Partial<SchemaMigration> = {}): SchemaMigration {
  return { name, up, down: async () => {}, ...more };
}
const sql = (name: string, text: string) => step(name, (run) => run(text));

describe('migrations', () => {
  let database: TestDatabase;
  let client: pg.Client;
  let url: string;

  beforeEach(async () => {
    database = await createTestDatabase({ migrated: false });
    ({ url } = database);
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  const read = async (text: string) => (await client.query(text)).rows;
  const run = (migrations: Migration[], more: Partial<Parameters<typeof migrate>[0]> = {}) =>
    migrate({ url, logger: quiet, migrations, ...more });
  /** Every connection from now on has time limits that a slow step is far beyond. */
  const limitTime = () =>
    client.query(`DO $$ BEGIN
      EXECUTE format('ALTER DATABASE %I SET statement_timeout = 300', current_database());
      EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = 300', current_database());
    END $$`);

  it('a step beyond every time limit runs once, while two more servers wait for it and say so', async () => {
    await limitTime();
    const waiting = new Set<number>();
    let tell = () => {};
    const bothWait = new Promise<void>((resolve) => {
      tell = () => waiting.size === 2 && resolve();
    });
    const loggerOf = (server: number) => ({
      info() {},
      warn: (...[, text]: unknown[]) => {
        expect(text).toBe('another server is migrating the database; waiting for it');
        waiting.add(server);
        tell();
      },
    });
    const steps = [
      sql('1-table', 'CREATE TABLE ran (at timestamptz DEFAULT clock_timestamp())'),
      step('2-slow', async (run) => {
        await run('SELECT pg_sleep(0.8)');
        await bothWait;
        await new Promise((resolve) => setTimeout(resolve, 700));
        await run('INSERT INTO ran DEFAULT VALUES');
      }),
    ];
    const servers = await Promise.all([1, 2, 3].map((server) => run(steps, { logger: loggerOf(server) })));
    expect(servers.map((ran) => ran.length).sort()).toEqual([0, 0, 2]);
    expect(await read('SELECT count(*)::int AS count FROM ran')).toEqual([{ count: 1 }]);
  }, 20_000);

  it('a server that is stopped while it waits or works leaves nothing behind', async () => {
    const stop = new AbortController();
    const steps = [step('1-long', (run) => run('CREATE TABLE half (); SELECT pg_sleep(600)'))];
    const working = run(steps, { signal: stop.signal });
    const isRunning = () =>
      read(`SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND state = 'active'
      AND datname = current_database() AND pid <> pg_backend_pid()`);
    while ((await isRunning()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const waiting = run(steps, { signal: stop.signal });
    stop.abort();
    await expect(working).rejects.toMatchObject({ name: 'StartupError' });
    await expect(waiting).rejects.toMatchObject({ name: 'StartupError' });
    // The server notices that its program is gone, and lets the lock go.
    expect(await run([sql('1-long', 'CREATE TABLE half ()')])).toEqual(['1-long']);
  });

  it('a table that somebody uses is waited for without holding up the others', async () => {
    await run([sql('1-table', 'CREATE TABLE used ()')]);
    const reader = new pg.Client({ connectionString: url });
    await reader.connect();
    await reader.query('BEGIN; SELECT FROM used');
    const said: string[] = [];
    const logger = {
      info() {},
      warn: (...[, text]: unknown[]) => {
        said.push(String(text));
        void reader.query('COMMIT');
      },
    };
    const steps = [sql('1-table', ''), sql('2-change', 'ALTER TABLE used ADD COLUMN more text')];
    expect(await run(steps, { logger })).toEqual(['2-change']);
    expect(said).toEqual(['a table that the migration changes is in use; trying again']);
    await reader.end();
  }, 20_000);

  it('a step that fails is undone as a whole, and the ones before it stay', async () => {
    const steps = [
      sql('1-good', 'CREATE TABLE good ()'),
      step('2-bad', async (run) => {
        await run('CREATE TABLE bad ()');
        await run('SELECT 1 / 0');
      }),
    ];
    await expect(run(steps)).rejects.toThrow('division by zero');
    expect(await read(`SELECT to_regclass('good') IS NOT NULL AS good, to_regclass('bad') IS NOT NULL AS bad`)).toEqual(
      [{ good: true, bad: false }],
    );
    expect(await read('SELECT name, version FROM migrations')).toEqual([{ name: '1-good', version: projectVersion }]);
  });

  describe('of indexes', () => {
    const steps: Migration[] = [
      sql(
        '1-table',
        'CREATE TABLE many (id int, at timestamptz); INSERT INTO many SELECT 1 FROM generate_series(1, 9)',
      ),
      { name: '2-indexes', indexes: { many_id: 'many (id)', many_at: 'many (at) WHERE at IS NOT NULL' } },
    ];
    const valid = () =>
      read(`SELECT indexrelid::regclass::text AS name, indisvalid AS "isValid", indisunique AS "isUnique" FROM pg_index
        WHERE indrelid = 'many'::regclass ORDER BY name`);

    it('are built while others write', async () => {
      await run(steps.slice(0, 1));
      const writer = new pg.Client({ connectionString: url });
      await writer.connect();
      await writer.query('BEGIN; INSERT INTO many VALUES (2)');
      const building = run(steps);
      // It waits for the writer, who still gets on; an index that blocks writes would have both wait for ever.
      const isBuilding = () => read('SELECT FROM pg_stat_progress_create_index');
      while ((await isBuilding()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      await client.query('INSERT INTO many VALUES (3)');
      await writer.query('COMMIT');
      await writer.end();
      expect(await building).toEqual(['2-indexes']);
      expect(await valid()).toEqual([
        { name: 'many_at', isValid: true, isUnique: false },
        { name: 'many_id', isValid: true, isUnique: false },
      ]);
    });

    it('drop what an earlier try left unfinished, and build it again', async () => {
      await run(steps.slice(0, 1));
      await expect(client.query('CREATE UNIQUE INDEX CONCURRENTLY many_id ON many (id)')).rejects.toThrow('unique');
      expect(await valid()).toEqual([{ name: 'many_id', isValid: false, isUnique: true }]);
      expect(await run(steps)).toEqual(['2-indexes']);
      expect(await valid()).toEqual([
        { name: 'many_at', isValid: true, isUnique: false },
        { name: 'many_id', isValid: true, isUnique: false },
      ]);
    });
  });

  describe('of a newer version', () => {
    const old = [sql('1-first', 'CREATE TABLE first ()')];
    const newer = [...old, sql('2-second', 'CREATE TABLE second ()')];

    it('keep an older server from starting, and it says which version is needed', async () => {
      await run(newer, { version: '2.3.0' });
      await expect(run(old, { version: '2.2.0' })).rejects.toMatchObject({
        name: 'StartupError',
        message: expect.stringMatching(/newer than this Darkroom 2\.2\.0: it needs Darkroom 2\.3\.0 or newer\./),
      });
    });

    it('are named where both have the same number', async () => {
      await run(newer, { version: '2.3.0' });
      await expect(run(old, { version: '2.3.0' })).rejects.toThrow('it needs a build that has the migration 2-second');
    });

    it('also keep out one that waited while they ran', async () => {
      const slow = step('2-second', (run) => run('SELECT pg_sleep(0.5)'));
      const ahead = run([...old, slow], { version: '2.3.0' });
      const behind = run([...old, sql('2-other', '')], { version: '2.2.0' });
      const [first, second] = await Promise.allSettled([ahead, behind]);
      expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
    });
  });

  it('leave room for the servers of the version before: they add, and remove only what nobody uses', async () => {
    const problems: string[] = [];
    let before = await readSchema(client);
    for (const [at, migration] of migrations.entries()) {
      await run(migrations.slice(0, at + 1));
      const after = await readSchema(client);
      const { name } = migration;
      const isAllowed = 'up' in migration && migration.removesUnusedSince !== undefined;
      if (!isAllowed) problems.push(...findBreaks(before, after).map((found) => `${name}: ${found}`));
      if (!('indexes' in migration) && !landedWithBlockingIndexes.includes(name)) {
        problems.push(...findNewIndexes(before, after).map((index) => `${name}: ${index} blocks writes`));
      }
      before = after;
    }
    expect(problems).toEqual([]);
  });

  it.each([
    ['a column that goes', 'ALTER TABLE kept DROP COLUMN name', 'kept.name is gone'],
    ['a column with another name', 'ALTER TABLE kept RENAME name TO title', 'kept.name is gone'],
    ['a table that goes', 'DROP TABLE kept', 'kept.id is gone'],
    ['another type', 'ALTER TABLE kept ALTER id TYPE bigint', 'kept.id was integer and is bigint'],
    ['a value that is needed', 'ALTER TABLE kept ALTER name SET NOT NULL', 'kept.name must be given now'],
    ['a new column without default', 'ALTER TABLE kept ADD more int NOT NULL', 'kept.more must be given'],
    ['a new check', 'ALTER TABLE kept ADD CONSTRAINT small CHECK (id < 9)', 'kept.small limits old columns'],
    ['a unique index', 'CREATE UNIQUE INDEX once ON kept (name)', 'kept.once is unique'],
  ])('the rule finds %s', async (_, change, problem) => {
    await client.query('CREATE TABLE kept (id int, name text)');
    const before = await readSchema(client);
    await client.query(change);
    expect(findBreaks(before, await readSchema(client))).toContain(problem);
  });

  it('the rule lets pass what adds', async () => {
    await client.query('CREATE TABLE kept (id int PRIMARY KEY, name text)');
    const before = await readSchema(client);
    await client.query(`ALTER TABLE kept ADD more int NOT NULL DEFAULT 3 CHECK (more > 0);
      CREATE TABLE other (id int PRIMARY KEY, kept_id int NOT NULL REFERENCES kept, UNIQUE (kept_id))`);
    expect(findBreaks(before, await readSchema(client))).toEqual([]);
  });
});
