import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import type { Layers } from '../../server/embedded/function/confinement.ts';
import { type BuiltFunction, buildFunction } from '../support/build-function.ts';
import { createTestDatabase, type TestDatabase } from '../support/create-test-database.ts';

/** What code in the decoder's process tries when it is not ours any more. Each line says what came of one attempt. */
const planted = `
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, readdirSync, writeFileSync, writeSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { Worker } from 'node:worker_threads';

const attempts = {
  'read a secret': ({ secret }) => readFileSync(secret),
  'read the environment of the server': ({ server }) => {
    if (readFileSync('/proc/' + server + '/environ').length === 0) throw new Error('empty');
  },
  'read the memory of the server': ({ server }) => readFileSync('/proc/' + server + '/maps'),
  'look into the folder': ({ folder }) => readdirSync(folder),
  'write a file': ({ folder }) => writeFileSync(folder + '/planted', 'x'),
  'connect to PostgreSQL': ({ postgres }) => once(connect(postgres, '127.0.0.1'), 'connect'),
  'connect to a socket in the folder': ({ socket }) => once(connect(socket), 'connect'),
  'listen': () => once(createServer().listen(0, '127.0.0.1'), 'listening'),
  'send a datagram': async () => {
    const sender = createSocket('udp4');
    await new Promise((resolve, reject) => {
      sender.on('error', reject);
      sender.send('x', 9, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  },
  'start a program': () => execFileSync('/bin/sh', ['-c', 'exit 0']),
  'read a secret from a thread': async ({ secret }) => {
    const thread = new Worker("require('node:fs').readFileSync(require('node:worker_threads').workerData)", {
      eval: true, workerData: secret,
    });
    const [code] = await once(thread, 'exit');
    if (code !== 0) throw new Error('it failed');
  },
};

export async function makeThumbnails({ bytes }) {
  const plan = JSON.parse(Buffer.from(bytes).toString());
  for (const [name, attempt] of Object.entries(attempts)) {
    let outcome = 'done';
    const tooLong = new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), 2000));
    try {
      await Promise.race([attempt(plan), tooLong]);
    } catch {
      outcome = 'failed';
    }
    writeSync(1, JSON.stringify({ name, outcome }) + '\\n');
  }
  throw new Error('all tried');
}
`;

const names = [
  'read a secret',
  'read the environment of the server',
  'read the memory of the server',
  'look into the folder',
  'write a file',
  'connect to PostgreSQL',
  'connect to a socket in the folder',
  'listen',
  'send a datagram',
  'start a program',
  'read a secret from a thread',
];
const everything = Object.fromEntries(names.map((name) => [name, 'done']));
const nothing = Object.fromEntries(names.map((name) => [name, 'failed']));

const none: Layers = {
  permission_model: false,
  closed_files: false,
  namespaces: false,
  no_new_privileges: false,
  account: false,
};
/** Not root, not nobody, and nobody's account else. */
const somebody = 54_321;

let folder: string;
let built: BuiltFunction;
let database: TestDatabase;
let serverFile: string;
const listener = createServer((socket) => socket.on('error', () => {}));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-confinement-'));
  // Open to everybody: what holds the decoder back is not that the folder happens to be closed.
  await chmod(folder, 0o777);
  built = await buildFunction();
  await chmod(join(dirname(built.runtimeFile), '..'), 0o755);
  database = await createTestDatabase();
  await mkdir(join(folder, 'code'));
  await writeFile(join(folder, 'code/planted.mjs'), planted);
  listener.listen(join(folder, 'socket'));
  await once(listener, 'listening');
  serverFile = join(folder, 'server.mjs');
  const contents = `
    import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
    import { Readable } from 'node:stream';
    import { createLocalFunctionRunner } from './server/embedded/local-function-runner.ts';
    const { files, plan, layers } = JSON.parse(process.env.ORDER);
    writeFileSync(plan.secret, 'a secret', { mode: 0o600 });
    const bytes = Buffer.from(JSON.stringify({ ...plan, server: process.pid }));
    const metadata = { recipe: '{"version":1,"heights":[16],"format":"same"}' };
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
    const logger = { debug: ({ line }) => line && process.stdout.write(line + '\\n'), info() {}, warn: say, error: say };
    const statusOf = (pid) => {
      const status = readFileSync('/proc/' + pid + '/status', 'utf8');
      const of = (name) => new RegExp('^' + name + ':\\\\s+(\\\\S+)', 'm').exec(status)?.[1];
      return { uid: of('Uid'), capabilities: of('CapEff'), bounding: of('CapBnd'), noNewPrivileges: of('NoNewPrivs') };
    };
    const runner = await createLocalFunctionRunner({
      ...files, layers, logger, maxPixels: 1000, concurrency: 1, memoryMegabytes: 1000, timeoutSeconds: 60,
      store: { get: async () => ({ body: Readable.from([bytes]), bytes: bytes.length, metadata }) },
      onResult: async () => {},
      onFailure: async (failure) => {
        const tasks = readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim().split(' ');
        const child = tasks.find((pid) => readFileSync('/proc/' + pid + '/cmdline', 'utf8').includes('decoder-runtime'));
        const threads = readdirSync('/proc/' + child + '/task').map((thread) => {
          const stat = readFileSync('/proc/' + child + '/task/' + thread + '/stat', 'utf8');
          return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16];
        });
        say({ failure, health: runner.health(), child: statusOf(child), nice: [...new Set(threads)] });
        setTimeout(() => runner.close().then(() => process.exit(0)));
      },
    });
    setInterval(() => {}, 1000);
    await runner.invoke({ originalKey: '0199aaaa-bbbb-7ccc-8ddd-000000000001/${'ab'.repeat(16)}' });
  `;
  const stdin = { contents, resolveDir: join(import.meta.dirname, '../..') };
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: serverFile, external: ['pino'] });
});

afterAll(async () => {
  listener.close();
  await database.drop();
  await built.remove();
  await rm(folder, { recursive: true });
});

interface Tried {
  attempts: Record<string, string>;
  missing: string[];
  child: { uid: string; capabilities: string; bounding: string; noNewPrivileges: string };
  nice: string[];
}

/** A server of its own, under this account, with code of the attacker's in its decoder. */
async function attack(layers: Partial<Layers>, uid?: number): Promise<Tried> {
  await rm(join(folder, 'planted'), { force: true });
  const secret = join(folder, `secret-${Math.random()}`);
  const plan = { secret, folder, socket: join(folder, 'socket'), postgres: Number(new URL(database.url).port) };
  const files = { decoderFile: join(folder, 'code/planted.mjs'), runtimeFile: built.runtimeFile };
  const server: ChildProcess = spawn(process.execPath, [serverFile], {
    env: { PATH: process.env.PATH, ORDER: JSON.stringify({ files, plan, layers }) },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const lines: Record<string, unknown>[] = [];
  createInterface({ input: server.stdout! }).on('line', (line) => {
    if (line.startsWith('{')) lines.push(JSON.parse(line));
  });
  await once(server, 'close');
  const last = lines.find((line) => line.failure) as unknown as Tried & { health: { missingProtections: string[] } };
  if (!last) throw new Error(`it did not come to its end: ${JSON.stringify(lines)}`);
  const tried = lines.flatMap(({ name, outcome }) => (name ? [[String(name), String(outcome)]] : []));
  return { ...last, attempts: Object.fromEntries(tried), missing: last.health.missingProtections };
}

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
/** Another account can come to the sources, to Node and to the packages. */
const canBeSomebody =
  isRoot &&
  spawnSync(
    process.execPath,
    ['-e', `require('fs').readdirSync(${JSON.stringify(join(import.meta.dirname, '../../node_modules/sharp'))})`],
    {
      uid: somebody,
      gid: somebody,
      env: {},
    },
  ).status === 0;
const ifLinux = isLinux ? it : it.skip;
const ifRoot = isLinux && isRoot ? it : it.skip;
const ifSomebody = isLinux && canBeSomebody ? it : it.skip;

describe('code of an attacker in the decoder', () => {
  it('could do all of it without any protection: the attempts are real', async () => {
    const { attempts, missing } = await attack(none);
    expect(attempts).toEqual(everything);
    expect(missing).toEqual(Object.keys(none));
    expect(await readdir(folder)).toContain('planted');
  });

  it('can do nothing of it', async () => {
    const { attempts } = await attack({});
    expect(attempts).toEqual(nothing);
    expect(await readdir(folder)).not.toContain('planted');
  });

  it('can do nothing of it by JavaScript where there is the permission model alone', async () => {
    const { attempts, missing } = await attack({ ...none, permission_model: true });
    const network = ['connect to PostgreSQL', 'listen', 'send a datagram'];
    for (const name of names.filter((each) => !network.includes(each) && !each.includes('socket'))) {
      expect([name, attempts[name]]).toEqual([name, 'failed']);
    }
    expect(missing).not.toContain('permission_model');
  });

  ifLinux('can do nothing of it where there are closed files alone, whatever language it speaks', async () => {
    const { attempts, missing } = await attack({ ...none, closed_files: true });
    expect(attempts).toEqual(nothing);
    expect(missing).not.toContain('closed_files');
  });

  ifRoot('comes to no network and no secret as nobody in namespaces, without the other two', async () => {
    const { attempts } = await attack({ permission_model: false, closed_files: false });
    expect(attempts).toMatchObject({
      'read a secret': 'failed',
      'read the environment of the server': 'failed',
      'read the memory of the server': 'failed',
      'connect to PostgreSQL': 'failed',
      'send a datagram': 'failed',
    });
  });

  ifRoot('is nobody, without capabilities and ways to get some, behind everything else', async () => {
    const { child, nice, missing } = await attack({});
    expect(child).toMatchObject({ uid: '65534', capabilities: '0000000000000000', noNewPrivileges: '1' });
    expect(nice).toEqual(['10']);
    expect(missing).toEqual([]);
  });

  ifSomebody('can do nothing of it when the server is not root', async () => {
    const { attempts, child } = await attack({}, somebody);
    expect(attempts).toEqual(nothing);
    expect(child).toMatchObject({ capabilities: '0000000000000000', noNewPrivileges: '1' });
  });

  ifSomebody('cannot come to the memory of a server that is not root in a user namespace alone', async () => {
    const { attempts, missing } = await attack({ ...none, namespaces: true }, somebody);
    if (missing.includes('namespaces')) return;
    expect(attempts).toMatchObject({
      'read the environment of the server': 'failed',
      'read the memory of the server': 'failed',
      'connect to PostgreSQL': 'failed',
    });
  });

  ifLinux('finds a server that says what it could not have', async () => {
    const { missing } = await attack({ namespaces: false, no_new_privileges: false });
    expect(missing).toEqual(expect.arrayContaining(['namespaces', 'no_new_privileges']));
  });
});
