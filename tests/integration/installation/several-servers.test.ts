import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../support/create-test-database.ts';
import { freePort, runManage, runTool, startDarkroom, stopDarkroom } from '../../support/run-darkroom.ts';

describe('a server that does not match', () => {
  const databases: TestDatabase[] = [];
  let folder: string;
  let environment: Record<string, string>;

  const newDatabase = async () => {
    const database = await createTestDatabase();
    databases.push(database);
    return database.url;
  };
  /** Of a server that ends by itself. */
  const refused = async (changed: Record<string, string>) => {
    const env = { ...environment, ...changed, PORT: String(await freePort()) };
    const { code, stderr } = await runTool('start', folder, [], env).ended;
    expect(stderr).not.toMatch(/\n\s+at /);
    return { code, stderr };
  };
  const starts = async (changed: Record<string, string> = {}) => {
    const server = await startDarkroom(folder, { ...environment, ...changed });
    expect((await stopDarkroom(server)).code).toBe(0);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'darkroom-installation-'));
    environment = { DATABASE_URL: await newDatabase(), DATA_DIR: join(folder, 'one') };
    await starts();
  }, 120_000);
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await Promise.all(databases.map((database) => database.drop()));
  });

  it('refuses to start with another secret, and starts when the one before is given or somebody adopts it', async () => {
    const one = 'one secret for tokens, long enough';
    const { code, stderr } = await refused({ JWT_SECRET: one });
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^JWT_SECRET of this server is another .*_PREVIOUS/m)]);
    expect(await runManage(folder, ['adopt'], { ...environment, JWT_SECRET: one })).toMatchObject({ code: 0 });
    const two = 'another secret for tokens, as long';
    expect((await refused({ JWT_SECRET: two })).code).toBe(1);
    await starts({ JWT_SECRET: two, JWT_SECRET_PREVIOUS: one });
    await starts({ JWT_SECRET: two });
  }, 120_000);

  it('refuses to start on the store of another installation, and so do the commands that work on it', async () => {
    const other = { DATABASE_URL: await newDatabase(), DATA_DIR: join(folder, 'two') };
    await starts(other);
    const mixed = { DATABASE_URL: other.DATABASE_URL };
    const { code, stderr } = await refused(mixed);
    expect([code, stderr]).toEqual([1, expect.stringContaining('The buckets belong to another installation')]);
    const check = await runManage(folder, ['check', '--delete-orphans'], { ...environment, ...mixed });
    expect([check.code, check.stderr]).toEqual([1, expect.stringContaining('another installation')]);
  }, 120_000);

  it('starts with an empty database in front of a full store', async () => {
    await starts({ DATABASE_URL: await newDatabase(), DATA_DIR: join(folder, 'two') });
  }, 120_000);
});
