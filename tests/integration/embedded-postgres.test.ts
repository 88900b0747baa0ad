import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createSequelize } from '../../server/db/sequelize.ts';
import { findPostgresBinaries } from '../../server/embedded/postgres/binaries.ts';
import { runningPostmaster, stopPostmaster } from '../../server/embedded/postgres/postmaster.ts';
import { chooseUnprivileged } from '../../server/embedded/postgres/unprivileged.ts';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  findEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../server/embedded/postgres.ts';
import { processStartedAt } from '../../server/embedded/process-identity.ts';
import { toAppError } from '../../server/http/to-app-error.ts';
import { projectRoot } from '../../server/project-root.ts';

const logger = { info() {}, warn() {}, error() {} };
const isRoot = process.getuid?.() === 0;

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

/** Every process that works in this folder. */
async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')));
  return pids.filter((_, at) => folders[at] === folder);
}

describe('the embedded PostgreSQL', () => {
  let root: string;
  let directory: string;
  let cluster: string;
  let started: EmbeddedPostgres[] = [];

  const start = async (options: Partial<EmbeddedPostgresOptions> = {}) => {
    const postgres = await startEmbeddedPostgres({ directory, logger, ...options });
    started.push(postgres);
    return postgres;
  };

  beforeAll(async () => {
    // Mode 700, as mkdtemp makes it: PostgreSQL, which does not run as root, must come through all the same.
    root = await mkdtemp(join(tmpdir(), 'darkroom-embedded-'));
    directory = join(root, 'data', 'postgres');
    cluster = join(directory, 'cluster');
  });
  afterEach(async () => {
    for (const postgres of started) await postgres.stop();
    started = [];
  });
  afterAll(async () => {
    const left = await runningPostmaster(cluster);
    if (left) await stopPostmaster(cluster, left.pid);
    await rm(root, { recursive: true });
  });

  it('starts in a folder that nobody else may enter, durable, in UTF-8, and for people with the password alone', async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await mkdir(join(directory, 'cluster.new-killed', 'data'), { recursive: true });
    const { url, superuserUrl, port } = await start();
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(await query(url, 'SHOW full_page_writes')).toEqual([{ full_page_writes: 'on' }]);
    expect(await query(url, 'SHOW server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
    expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    expect(await query(superuserUrl, 'SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '' }]);
    expect(await query(url, `SELECT datlocprovider AS p FROM pg_database WHERE datname = 'darkroom'`)).toEqual([
      { p: 'b' },
    ]);
    expect(await query(url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user')).toEqual([
      { rolsuper: false },
    ]);
    for (const user of ['darkroom', 'postgres']) {
      const guess = `postgres://${user}:guess@127.0.0.1:${port}/postgres`;
      await expect(query(guess, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
    }
    expect(new URL(url).password).not.toBe(new URL(superuserUrl).password);
    expect(new URL(url).password.length).toBeGreaterThan(40);
    for (const file of ['password', 'superuser-password']) {
      expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
    }
    expect((await readdir(directory)).filter((name) => name.startsWith('cluster.new-'))).toEqual([]);
    await query(url, 'CREATE TABLE kept (word text)');
    await query(url, `INSERT INTO kept VALUES ('grüße')`);
  });

  it('keeps its address and what is in it, and leaves no process behind', async () => {
    const first = await start();
    await first.stop();
    expect(await processesIn(cluster)).toEqual([]);
    expect(await findEmbeddedPostgres(directory)).toBeNull();
    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT word FROM kept')).toEqual([{ word: 'grüße' }]);
    expect(await findEmbeddedPostgres(directory)).toBe(second.url);
  });

  it('is told by no signal for the terminal, and ends with no PG variable of the environment', async () => {
    const { pid } = await start();
    const groupOf = (process: number) =>
      execFileSync('ps', ['-o', 'pgid=', '-p', String(process)], { encoding: 'utf8' });
    expect(groupOf(pid).trim()).not.toBe(groupOf(process.pid).trim());
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('HOME=');
  });

  it('takes another port when its own is taken meanwhile', async () => {
    const first = await start();
    await first.stop();
    const other = createServer().listen(first.port, '127.0.0.1');
    await once(other, 'listening');
    const second = await start().finally(() => other.close());
    expect(second.port).not.toBe(first.port);
    expect(await query(second.url, 'SELECT word FROM kept')).toHaveLength(1);
  });

  describe('when the program that started it is killed', () => {
    async function startAndKill(): Promise<number> {
      const script = join(root, 'start.mts');
      await writeFile(
        script,
        `import { startEmbeddedPostgres } from '${projectRoot}/server/embedded/postgres.ts';
         const logger = { info() {}, warn() {}, error() {} };
         const { pid } = await startEmbeddedPostgres({ directory: '${directory}', logger });
         console.log(pid);
         setInterval(() => {}, 1000);`,
      );
      const child = spawn(process.execPath, ['--import', 'tsx', script], {
        cwd: projectRoot,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(child.stdout, 'data');
      child.kill('SIGKILL');
      await once(child, 'exit');
      return Number(line);
    }

    it('lives on and is used again', async () => {
      const pid = await startAndKill();
      expect(processStartedAt(pid)).not.toBeNull();
      const again = await start();
      expect(again.pid).toBe(pid);
      expect(await query(again.url, 'SELECT word FROM kept')).toHaveLength(1);
      await again.stop();
      expect(await processesIn(cluster)).toEqual([]);
    });

    it('is started anew when another release had started it', async () => {
      const pid = await startAndKill();
      const again = await start({ durable: false });
      expect(again.pid).not.toBe(pid);
      expect(processStartedAt(pid)).toBeNull();
      expect(await query(again.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
    });

    it('and it with it, its log is replayed at the next start', async () => {
      const pid = await startAndKill();
      const url = (await findEmbeddedPostgres(directory)) ?? '';
      await query(url, `INSERT INTO kept VALUES ('just now')`);
      process.kill(pid, 'SIGKILL');
      const again = await start();
      expect(await query(again.url, `SELECT word FROM kept WHERE word = 'just now'`)).toHaveLength(1);
    });

    it('and it hangs, it is ended and started anew', async () => {
      const pid = await startAndKill();
      process.kill(pid, 'SIGSTOP');
      const again = await start();
      expect(again.pid).not.toBe(pid);
      expect(await query(again.url, 'SELECT word FROM kept')).not.toHaveLength(0);
    });
  });

  it('is started again at the same address when it dies', async () => {
    const postgres = await start();
    const { pid } = postgres;
    process.kill(pid, 'SIGKILL');
    const deadline = Date.now() + 15_000;
    while (postgres.pid === pid && Date.now() < deadline) await sleep(100);
    expect(postgres.pid).not.toBe(pid);
    expect(await query(postgres.url, 'SELECT word FROM kept')).not.toHaveLength(0);
  });

  it('whose disk became read-only is not available, is tried again later each time, and comes back', async () => {
    const said: { text: string; seconds?: number }[] = [];
    const note = (fields: { seconds?: number }, text: string) => void said.push({ text, seconds: fields.seconds });
    const postgres = await start({ logger: { info() {}, warn: note, error: note } as never });
    const sequelize = createSequelize({ url: postgres.url });
    const log = join(cluster, 'pg_wal');
    await chmod(log, 0o500);
    try {
      // More than fits into the files of the log that there are.
      const write = async () => {
        for (;;) await sequelize.query("SELECT pg_logical_emit_message(true, '', repeat('x', 9000000))");
      };
      const error = toAppError(await write().catch((error) => error));
      expect(error).toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
      while (said.length < 3) await sleep(50);
    } finally {
      await chmod(log, 0o700);
    }
    expect(said.slice(0, 3)).toEqual([
      { text: 'the embedded PostgreSQL died; starting it again' },
      { text: 'the embedded PostgreSQL cannot be started; trying again later', seconds: 2 },
      { text: 'the embedded PostgreSQL cannot be started; trying again later', seconds: 4 },
    ]);
    const isBack = () =>
      sequelize.query('SELECT word FROM kept').then(
        () => true,
        () => false,
      );
    while (!(await isBack())) await sleep(100);
    await sequelize.close();
  }, 60_000);

  it.each([
    // What a lack of file handles looks like too, which nobody can bring about in a test of one process.
    ['that cannot be read', () => mkdir(join(cluster, 'postmaster.pid'))],
    ['that is gone', async () => {}],
  ])('with a pid file %s gets no second one beside it, and is stopped all the same', async (_, replace) => {
    const said: string[] = [];
    const note = (_fields: unknown, text?: string) => void said.push(String(text));
    const postgres = await start({ logger: { info: note, warn: note, error: note } as never });
    const { pid } = postgres;
    await rename(join(cluster, 'postmaster.pid'), join(root, 'postmaster.pid'));
    await replace();
    // Its supervisor looks once a second.
    await sleep(1_500);
    await rm(join(cluster, 'postmaster.pid'), { recursive: true, force: true });
    expect(said.filter((text) => /died|is back/.test(text))).toEqual([]);
    expect(postgres.pid).toBe(pid);
    await postgres.stop();
    expect(await processesIn(cluster)).toEqual([]);
  });

  describe('with a stale pid file', () => {
    let other: ChildProcess;
    afterEach(() => {
      other?.kill('SIGKILL');
    });

    it('whose number is another program now, starts and leaves that one alone', async () => {
      const first = await start();
      const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8');
      await first.stop();
      other = spawn('sleep', ['600']);
      await writeFile(join(cluster, 'postmaster.pid'), text.replace(/^\d+/, String(other.pid)));
      const again = await start();
      expect(await query(again.url, 'SELECT word FROM kept')).not.toHaveLength(0);
      await again.stop();
      expect(other.exitCode).toBeNull();
      expect(other.signalCode).toBeNull();
    });

    it.each(['', '\n', 'garbage\n'])('that holds %j, starts', async (text) => {
      await writeFile(join(cluster, 'postmaster.pid'), text);
      await start();
    });
  });

  it('says what to do when its folder was made by another version', async () => {
    const file = join(cluster, 'PG_VERSION');
    await writeFile(file, '17\n');
    await expect(start()).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringContaining('made by PostgreSQL 17'),
    });
    await writeFile(file, '18\n');
  });

  it('shows the end of its own log when it does not start', async () => {
    const file = join(cluster, 'postgresql.conf');
    const good = await readFile(file, 'utf8');
    await writeFile(file, `${good}\nno_such_setting = on\n`);
    await expect(start()).rejects.toMatchObject({
      name: 'StartupError',
      message: expect.stringContaining('no_such_setting'),
    });
    await writeFile(file, good);
    await start();
  });

  it('makes the library links that a blocked install script left out', async () => {
    const { native } = await findPostgresBinaries(join(root, 'unused'));
    const bare = join(root, 'package', 'native');
    await cp(native, bare, { recursive: true, verbatimSymlinks: true });
    for (const name of await readdir(join(bare, 'lib'))) {
      const file = join(bare, 'lib', name);
      if (await readlink(file).catch(() => null)) await rm(file);
    }
    const links = join(root, 'links');
    const binaries = await findPostgresBinaries(links, bare);
    expect(binaries.extraLibraries).toBe(links);
    const { command } = await chooseUnprivileged(binaries, root);
    for (const program of [binaries.initdb, binaries.postgres]) {
      const { file, args, options } = command(program, ['--version']);
      expect(execFileSync(file, args, { ...options, encoding: 'utf8' })).toContain('PostgreSQL');
    }
    expect(() => execFileSync(binaries.postgres, ['--version'], { env: {}, stdio: 'ignore' })).toThrow();
  });

  (isRoot ? describe : describe.skip)('started by root', () => {
    it.each(['capability', 'namespace'] as const)('runs as somebody else: %s', async (runAs) => {
      const { pid, url } = await start({ runAs });
      const owner = (await readFile(`/proc/${pid}/status`, 'utf8')).match(/^CapEff:\s*(\w+)$/m)?.[1];
      // Never root's powers: none, or the one to pass folders with mode 700.
      expect(Number.parseInt(owner ?? 'ff', 16)).toBe(runAs === 'capability' ? 2 : 0);
      expect(await query(url, 'SELECT word FROM kept')).not.toHaveLength(0);
    });

    it('runs as nobody where nothing else works, if everybody may pass the folders above', async () => {
      await expect(start({ runAs: 'account' })).rejects.toMatchObject({ message: expect.stringContaining(root) });
      await chmod(root, 0o711);
      const { pid } = await start({ runAs: 'account' });
      expect((await stat(`/proc/${pid}`)).uid).toBe(65534);
      await chmod(root, 0o700);
    });
  });
});
