import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConnectionAcquireTimeoutError } from 'sequelize';
import { migrate } from '../../../server/db/migrate.ts';
import { createSequelize } from '../../../server/db/sequelize.ts';
import { messageFor } from '../../../server/message-for.ts';
import { createTestDatabase, type TestDatabase } from '../../support/create-test-database.ts';
import { freePort, runManage } from '../../support/run-darkroom.ts';
import { asSuperuser, withDatabase } from '../../support/test-cluster.ts';

const quiet = { info() {}, warn() {} };
const superuserUrl = process.env.TEST_DATABASE_SUPERUSER_URL ?? '';

/** A pooler that refuses the first message of every connection, as PgBouncer does. */
async function startRefusingPooler() {
  const fields = `SERROR\0VERROR\0C08P01\0Munsupported startup parameter: statement_timeout\0\0`;
  const answer = Buffer.alloc(5 + fields.length);
  answer.write('E');
  answer.writeInt32BE(4 + fields.length, 1);
  answer.write(fields, 5, 'latin1');
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://user:word@127.0.0.1:${(server.address() as AddressInfo).port}/db`,
    close: () => server.close(),
  };
}

describe('a fault that can be foreseen is a sentence, never a stack:', () => {
  let database: TestDatabase;
  let name: string;
  beforeAll(async () => {
    database = await createTestDatabase({ migrated: false });
    name = new URL(database.url).pathname.slice(1);
  });
  afterAll(() => database.drop());

  const said = async (work: () => Promise<unknown>) => {
    const message = await work().then(() => 'nothing went wrong', messageFor);
    expect(message).not.toMatch(/\n|\bat .*:\d+/);
    return message;
  };
  const select = async (url: string) => {
    const sequelize = createSequelize({ url });
    await sequelize.query('SELECT * FROM accounts').finally(() => sequelize.close());
  };
  const other = (change: (url: URL) => void) => {
    const url = new URL(database.url);
    change(url);
    return url.href;
  };

  it('a wrong password', async () => {
    expect(await said(() => select(other((url) => (url.password = 'wrong'))))).toContain('refuses the password');
  });

  it('a database that does not exist', async () => {
    expect(await said(() => select(other((url) => (url.pathname = '/nowhere'))))).toContain('does not exist');
  });

  it('a database that is down', async () => {
    const port = String(await freePort());
    expect(await said(() => select(other((url) => (url.port = port))))).toContain('does not answer');
  });

  it('a table that is missing', async () => {
    expect(await said(() => select(database.url))).toContain('npm run manage -- migrate');
  });

  it('a pool without a free connection', async () => {
    const exhausted = new ConnectionAcquireTimeoutError(new Error('Operation timeout'));
    expect(await said(() => Promise.reject(exhausted))).toContain('DATABASE_POOL_SIZE');
  });

  it('a pooler that refuses a startup parameter', async () => {
    const pooler = await startRefusingPooler();
    expect(await said(() => select(pooler.url))).toContain('ignore_startup_parameters');
    pooler.close();
  });

  it('a user who may not create tables', async () => {
    await asSuperuser(
      withDatabase(superuserUrl, name),
      'CREATE SCHEMA closed',
      `ALTER DATABASE ${name} SET search_path = closed`,
    );
    expect(await said(() => migrate({ url: database.url, logger: quiet }))).toContain('no schema to work in');
    await asSuperuser(
      withDatabase(superuserUrl, name),
      `GRANT USAGE ON SCHEMA closed TO ${new URL(database.url).username}`,
    );
    expect(await said(() => migrate({ url: database.url, logger: quiet }))).toContain('grant it CREATE');
  });

  it('a full disk, and a folder of somebody else', async () => {
    const fault = (code: string) => Object.assign(new Error(code), { code, syscall: 'open', path: '/data/x' });
    expect(await said(() => Promise.reject(fault('ENOSPC')))).toContain('/data/x cannot be used: its disk is full');
    expect(await said(() => Promise.reject(fault('EACCES')))).toContain('may not use it');
  });

  it('and the command ends with 1', async () => {
    await asSuperuser(withDatabase(superuserUrl, name), `ALTER DATABASE ${name} SET search_path = missing`);
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-faults-'));
    const ended = await runManage(folder, ['migrate'], { DATABASE_URL: database.url });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr.trim().split('\n').at(-1)).toContain('no schema to work in');
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    await rm(folder, { recursive: true });
  }, 120_000);
});
