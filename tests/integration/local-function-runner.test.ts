import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { pino } from 'pino';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import { originalKey } from '../../core/storage/object-key.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { createRecipe, serializeRecipe } from '../../core/thumbnails/recipe.ts';
import {
  createLocalFunctionRunner,
  type LocalFunctionRunnerOptions,
} from '../../server/embedded/local-function-runner.ts';
import type { FunctionInvoker } from '../../server/thumbnailing/function-invoker.ts';
import { type BuiltFunction, buildFunction } from '../support/build-function.ts';
import { createMemoryObjectStore } from '../support/memory-object-store.ts';
import { makePicture } from '../unit/core/thumbnails/pictures.ts';

const keyOf = (number: number) =>
  originalKey(`0199aaaa-bbbb-7ccc-8ddd-${String(number).padStart(12, '0')}`, 'ab'.repeat(16));

/** What the decoder of these tests does is in the bytes of the original, a number; what it did is a line that it prints. */
const fixture = `
import { writeSync } from 'node:fs';
const note = (text) => writeSync(1, text + '\\n');
note('start ' + process.pid);
const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const imageOf = (tierHeight) => ({ tierHeight, width: 1, height: 1, contentType: 'image/png', data: pixel });
const made = (images) => ({ status: 'made', original: { width: 1, height: 1 }, placeholder: 'aGFzaA==', warnings: [], images });
export async function makeThumbnails({ bytes, recipe }) {
  const number = Number(Buffer.from(bytes).toString());
  note('begin ' + number + ' ' + process.pid);
  if (number === 1) process.abort();
  if (number === 2) for (;;);
  if (number === 3) await new Promise((resolve) => setInterval(resolve, 2 ** 30));
  if (number === 4) { const kept = []; for (;;) { kept.push(Buffer.alloc(2 ** 24, 1)); await new Promise((r) => setTimeout(r, 5)); } }
  if (number === 5) throw new Error('no idea');
  if (number === 6) { const error = new Error('no memory'); error.name = 'OutOfMemory'; throw error; }
  if (number === 8) note('environment ' + JSON.stringify(process.env));
  if (number === 20) return { results: 5 };
  if (number === 21) return made([imageOf(17)]);
  if (number === 22) return made([{ ...imageOf(16), data: Buffer.from('<script>alert(1)</script>') }]);
  if (number === 23) throw null;
  if (number === 24) process.exit(0);
  if (number === 25) writeSync(3, Buffer.from([0, 0, 0, 2, 0x5b, 0x5d]));
  if (number === 26) writeSync(3, Buffer.from([255, 255, 255, 255]));
  if (number === 27) return made([{ ...imageOf(16), contentType: 'image/jpeg' }]);
  if (number === 28) return made([{ ...imageOf(16), width: 2 }]);
  if (number === 29) return { ...made([imageOf(16)]), placeholder: '"><script>' };
  if (number === 25 || number === 26) await new Promise((resolve) => setTimeout(resolve, 500));
  if (number === 12) globalThis.kept = Buffer.alloc(200 * 2 ** 20, 1);
  if (number >= 100) await new Promise((resolve) => setTimeout(resolve, number));
  note('end ' + number);
  return made(recipe.heights.map(imageOf));
}
`;

const startFixtures: Record<string, string> = {
  throw: "throw new Error('it cannot start');",
  exit: 'process.exit(3);',
  hang: 'await new Promise((resolve) => setInterval(resolve, 2 ** 30));',
};

const recipe = createRecipe({ thumbnailHeights: [16], thumbnailFormat: 'same' });

/** Every original is there but number 7, and says its number. */
function numberedStore(): ObjectStore {
  const store = createMemoryObjectStore();
  const numberOf = (key: string) => Number(key.slice(24, 36));
  return {
    ...store,
    async get(bucket, key, options) {
      if (bucket !== 'originals') return store.get(bucket, key, options);
      if (numberOf(key) === 7) return null;
      const body = Readable.from([Buffer.from(String(numberOf(key)))]);
      const metadata = { recipe: serializeRecipe(recipe) };
      const bytes = String(numberOf(key)).length;
      return { body, bytes, metadata, contentType: 'image/png', etag: '"e"', lastModified: new Date() };
    },
    head: async () => ({ bytes: 1, metadata: {}, contentType: 'image/png', etag: '"e"', lastModified: new Date() }),
  };
}

/** Originals whose bytes come as the test sends them. */
function storeWith(send: (key: string, body: Readable) => Promise<void>): ObjectStore {
  const store = numberedStore();
  return {
    ...store,
    get: async (bucket, key, options) => {
      const object = await store.get(bucket, key, options);
      if (bucket !== 'originals' || !object) return object;
      const body = new Readable({ read() {} });
      void send(key, body).catch((error) => body.destroy(error));
      return { ...object, body };
    },
  };
}

/** The child is killed after it was sent so many bytes of original 30, the first so many times. */
function interruptedGet(store: ObjectStore, sent: number, times: number): ObjectStore['get'] {
  let left = times;
  const kill = async () => {
    const pid = (await pids()).at(-1) ?? 0;
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
  };
  return async (bucket, key, options) => {
    const object = await store.get(bucket, key, options);
    if (key !== keyOf(30) || bucket !== 'originals' || !object || left === 0) return object;
    left -= 1;
    if (sent === 0) {
      await kill();
      return object;
    }
    const body = new Readable({ read() {} });
    body.push('30'.slice(0, sent));
    void kill();
    return { ...object, body };
  };
}

let folder: string;
let built: BuiltFunction;
let runner: FunctionInvoker | undefined;
let results: string[];
let failures: { originalKey: string; reason: string; detail?: string }[];
let notes: string;
let errors: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-runner-'));
  built = await buildFunction();
  await writeFile(join(folder, 'fixture.mjs'), fixture);
  for (const [way, code] of Object.entries(startFixtures)) {
    const noted = "process.stdout.write('start ' + process.pid + '\\n');";
    await writeFile(join(folder, `fixture-${way}.mjs`), `${noted}\n${code}`);
  }
});

beforeEach(() => {
  results = [];
  failures = [];
  errors = 0;
  notes = join(folder, `notes-${Math.random()}`);
});

afterEach(async () => {
  await runner?.close();
  runner = undefined;
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await built.remove();
});

function createLogger() {
  const logger = pino({ level: 'silent' });
  logger.debug = (fields: { line?: string }) => {
    if (fields.line !== undefined) appendFileSync(notes, `${fields.line}\n`);
  };
  logger.error = () => {
    errors += 1;
  };
  return logger;
}

async function start(changes: Partial<LocalFunctionRunnerOptions> = {}): Promise<FunctionInvoker> {
  runner = await createLocalFunctionRunner({
    decoderFile: join(folder, 'fixture.mjs'),
    runtimeFile: built.runtimeFile,
    store: numberedStore(),
    maxPixels: 1_000_000,
    concurrency: 1,
    memoryMegabytes: 400,
    timeoutSeconds: 40,
    logger: createLogger(),
    onResult: async (result) => void results.push(result.result?.originalKey ?? ''),
    onFailure: async (failure) => void failures.push(failure),
    ...changes,
  });
  return runner;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 45_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it does not come to that: ${JSON.stringify({ results, failures })}`);
    await wait(20);
  }
}

const noted = async () => (await readFile(notes, 'utf8').catch(() => '')).split('\n').filter(Boolean);
const countOf = async (start: string) => (await noted()).filter((line) => line.startsWith(start)).length;
const pids = async () =>
  (await noted()).filter((line) => line.startsWith('start')).map((line) => Number(line.slice(6)));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the local runner', () => {
  it('starts nothing before there is work, and keeps a child for what comes', async () => {
    const { invoke, health } = await start();
    await wait(100);
    expect(await noted()).toEqual([]);
    expect(health()).toMatchObject({ status: 'unknown', queued: 0 });
    for (const number of [10, 11, 12]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length === 3);
    expect(results).toEqual([keyOf(10), keyOf(11), keyOf(12)]);
    expect(await pids()).toHaveLength(1);
  });

  it('ends a child that has had no work for a while, and starts another when there is some', async () => {
    const { invoke } = await start({ idleSeconds: 0.2 });
    await invoke({ originalKey: keyOf(10) });
    await until(async () => results.length === 1 && (await pids()).every((pid) => !isAlive(pid)));
    await invoke({ originalKey: keyOf(11) });
    await until(() => results.length === 2);
    expect(await pids()).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  it('runs as many at once as it may', async () => {
    const { invoke } = await start({ concurrency: 2 });
    for (const number of [3000, 3001, 100, 101]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length === 4);
    expect((await pids()).length).toBe(2);
    const lines = (await noted()).filter((line) => !line.startsWith('start'));
    expect(lines.slice(0, 2).every((line) => line.startsWith('begin'))).toBe(true);
  });

  it.each([
    ['crash', 1, {}],
    ['timeout', 2, { timeoutSeconds: 1 }],
    ['timeout', 3, { timeoutSeconds: 1 }],
    ['out_of_memory', 4, {}],
    ['error', 5, {}],
    ['out_of_memory', 6, {}],
    ['error', 20, {}],
    ['error', 21, {}],
    ['error', 22, {}],
    ['error', 23, {}],
    ['crash', 24, {}],
    ['error', 25, {}],
    ['error', 26, {}],
    ['error', 27, {}],
    ['error', 28, {}],
    ['error', 29, {}],
  ] as const)('blames %s on the one original that brought it (%i), and works on', async (reason, number, limits) => {
    const { invoke, health } = await start(limits);
    for (const each of [10, number, 11]) await invoke({ originalKey: keyOf(each) });
    await until(() => results.length === 2 && failures.length === 1);
    expect(results).toEqual([keyOf(10), keyOf(11)]);
    expect(failures[0]).toMatchObject({ originalKey: keyOf(number), reason });
    expect(health().status).toBe('ok');
  });

  it('says what the function said last before it crashed', async () => {
    const decoderFile = join(folder, 'last-words.mjs');
    await writeFile(
      decoderFile,
      `export const makeThumbnails = () => new Promise(() => setTimeout(() => { throw new Error('a corrupted heap') }));`,
    );
    const { invoke } = await start({ decoderFile });
    await invoke({ originalKey: keyOf(10) });
    await until(() => failures.length === 1);
    expect(failures[0]).toMatchObject({ reason: 'crash', detail: 'ended with 1: Error: a corrupted heap' });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'lets a child finish that is sent %s together with the server',
    async (signal) => {
      const { invoke, close } = await start();
      await invoke({ originalKey: keyOf(500) });
      await until(async () => (await countOf('begin')) === 1);
      process.kill((await pids())[0]!, signal);
      await close();
      expect(results).toEqual([keyOf(500)]);
      expect(failures).toEqual([]);
    },
  );

  it('blames nobody when an idle child is killed', async () => {
    const { invoke } = await start();
    for (const number of [10, 11]) {
      await invoke({ originalKey: keyOf(number) });
      await until(() => results.includes(keyOf(number)));
      const last = (await pids()).at(-1)!;
      process.kill(last, 'SIGKILL');
      await until(() => !isAlive(last));
    }
    expect(failures).toEqual([]);
    expect(await pids()).toHaveLength(2);
  });

  it('blames nobody for an original that is gone', async () => {
    const { invoke } = await start();
    for (const each of [7, 10]) await invoke({ originalKey: keyOf(each) });
    await until(() => results.length === 1);
    expect(failures).toEqual([]);
  });

  it('takes the same request once, while it waits and while it runs', async () => {
    const { invoke } = await start();
    const recipe = createRecipe({ thumbnailHeights: [200], thumbnailFormat: 'same' });
    await invoke({ originalKey: keyOf(300) });
    await until(async () => (await countOf('begin')) === 1);
    for (let round = 0; round < 5; round += 1) {
      await invoke({ originalKey: keyOf(300) });
      await invoke({ originalKey: keyOf(301) });
      await invoke({ originalKey: keyOf(301), recipe });
    }
    await until(() => results.length === 3);
    await wait(100);
    expect(await countOf('begin')).toBe(3);
  });

  it('lets owners take turns', async () => {
    const { invoke } = await start();
    for (const number of [30, 31, 32, 33]) await invoke({ originalKey: keyOf(number), ownerId: 'a' });
    for (const number of [40, 41]) await invoke({ originalKey: keyOf(number), ownerId: 'b' });
    await until(() => results.length === 6);
    expect(results).toEqual([30, 40, 31, 41, 32, 33].map(keyOf));
  });

  it('drops what is more than it holds', async () => {
    const { invoke, health } = await start({ maxQueued: 2 });
    for (const number of [300, 301, 302, 303, 304]) await invoke({ originalKey: keyOf(number) });
    expect(health().queued).toBe(2);
    await until(() => results.length === 2);
    await wait(100);
    expect(results).toHaveLength(2);
    await invoke({ originalKey: keyOf(10) });
    await until(() => results.length === 3);
  });

  it('tells the decoder nothing of the server', async () => {
    process.env.SESSION_SECRET = 'a secret of the server';
    try {
      const { invoke } = await start();
      await invoke({ originalKey: keyOf(8) });
      await until(() => results.length === 1);
    } finally {
      delete process.env.SESSION_SECRET;
    }
    const line = (await noted()).find((each) => each.startsWith('environment'));
    const ofMemory = ['MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_'];
    const settings = [...ofMemory, 'NODE_ENV', 'UV_USE_IO_URING', 'VIPS_DISC_THRESHOLD'];
    expect(Object.keys(JSON.parse(line?.slice(12) ?? '')).sort()).toEqual(settings);
  });

  it('blames the store for an original that it does not give whole, and works on', async () => {
    const store = numberedStore();
    const { invoke } = await start({
      store: {
        ...store,
        get: async (bucket, key, options) => {
          const object = await store.get(bucket, key, options);
          return object && key === keyOf(10) ? { ...object, bytes: object.bytes + 1 } : object;
        },
      },
    });
    for (const number of [10, 11]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length === 1 && failures.length === 1);
    expect(failures[0]).toMatchObject({ originalKey: keyOf(10), reason: 'error' });
    expect(results).toEqual([keyOf(11)]);
  });

  it('blames the store that does not go on in the middle of an original', async () => {
    const store = numberedStore();
    const { invoke } = await start({
      timeoutSeconds: 3,
      store: {
        ...store,
        get: async (bucket, key, options) => {
          const object = await store.get(bucket, key, options);
          return object && key === keyOf(10) ? { ...object, body: new Readable({ read() {} }) } : object;
        },
      },
    });
    for (const number of [10, 11]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length === 1 && failures.length === 1);
    expect(failures[0]).toMatchObject({ originalKey: keyOf(10), reason: 'error' });
  });

  it('gives a child one original at a time, also while a store takes its time', async () => {
    const store = numberedStore();
    const told: string[] = [];
    const { invoke } = await start({
      store: {
        ...store,
        // Each is there only when all that became of the one before it is told.
        get: async (bucket, key, options) => {
          if (bucket === 'originals') await until(() => told.length === Number(key.slice(24, 36)) - 30);
          return store.get(bucket, key, options);
        },
      },
      onResult: async (result) => {
        results.push(result.result?.originalKey ?? '');
        setImmediate(() => told.push(result.resultKey));
      },
    });
    const numbers = [30, 31, 32, 33, 34];
    for (const number of numbers) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length + failures.length === numbers.length);
    expect(failures).toEqual([]);
    expect(results).toEqual(numbers.map(keyOf));
    expect(await pids()).toHaveLength(1);
  });

  it('takes an answer that comes before the store has ended the body', async () => {
    const { invoke } = await start({
      store: storeWith(async (key, body) => {
        body.push(String(Number(key.slice(24, 36))));
        await until(async () => (await countOf('end')) === results.length + 1);
        // The answer is on its way, and read before what this brings.
        await wait(200);
        body.push(null);
      }),
    });
    for (const number of [30, 31]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length + failures.length === 2);
    expect(failures).toEqual([]);
    expect(await pids()).toHaveLength(1);
  });

  it('writes nothing of an original whose body turns out wrong after the answer', async () => {
    const { invoke } = await start({
      store: storeWith(async (key, body) => {
        body.push(String(Number(key.slice(24, 36))));
        await until(async () => (await countOf('end')) === 1);
        await wait(200);
        body.destroy(new Error('a wrong checksum'));
      }),
    });
    await invoke({ originalKey: keyOf(30) });
    await until(() => results.length + failures.length === 1);
    expect(failures).toEqual([{ originalKey: keyOf(30), reason: 'error', detail: 'a wrong checksum' }]);
  });

  it.each([
    ['before it is sent an original', 0],
    ['in the middle of an original', 1],
  ] as const)('gives the original to another child at once when one is killed %s', async (_when, sent) => {
    const store = numberedStore();
    const { invoke } = await start({ store: { ...store, get: interruptedGet(store, sent, 1) } });
    for (const number of [30, 31]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length + failures.length === 2);
    expect(failures).toEqual([]);
    expect(results.toSorted()).toEqual([keyOf(30), keyOf(31)]);
    expect(await pids()).toHaveLength(2);
  });

  it('gives up on an original during which one child after another is killed, and works on', async () => {
    const store = numberedStore();
    const { invoke } = await start({ store: { ...store, get: interruptedGet(store, 1, 3) } });
    for (const number of [30, 31]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length + failures.length === 2);
    expect(failures).toMatchObject([{ originalKey: keyOf(30), reason: 'out_of_memory' }]);
    expect(results).toEqual([keyOf(31)]);
    expect(await pids()).toHaveLength(3);
  });

  it.each(['throw', 'exit', 'hang'])('is down when the function cannot start (%s), and tries again', async (way) => {
    const { invoke, health } = await start({
      startSeconds: way === 'hang' ? 1 : 30,
      decoderFile: join(folder, `fixture-${way}.mjs`),
    });
    await invoke({ originalKey: keyOf(10) });
    await until(() => errors >= 2);
    expect(health()).toMatchObject({ status: 'down', queued: 1 });
    expect(health().detail).toMatch(/it cannot start|ended with 3|does not come to its start/);
    expect(failures).toEqual([]);
  });

  it('finishes what runs when it is closed, and leaves no child', async () => {
    const { invoke, close } = await start({ concurrency: 2 });
    for (const number of [500, 501, 502]) await invoke({ originalKey: keyOf(number) });
    await until(async () => (await countOf('begin')) === 2);
    await close();
    expect((await countOf('end')) === 2 && results.length === 2).toBe(true);
    expect((await pids()).filter(isAlive)).toEqual([]);
    expect(failures).toEqual([]);
    await invoke({ originalKey: keyOf(10) });
    expect(await countOf('begin')).toBe(2);
  });

  it('is closed when what became of the last one is written down', async () => {
    const { invoke, close } = await start({
      onResult: async (result) => {
        await wait(300);
        results.push(result.result?.originalKey ?? '');
      },
    });
    await invoke({ originalKey: keyOf(10) });
    await until(async () => (await countOf('end')) === 1);
    await close();
    expect(results).toEqual([keyOf(10)]);
  });

  it('goes on when what became of one cannot be written down', async () => {
    const { invoke } = await start({
      onResult: async (result) => {
        if (result.result?.originalKey === keyOf(10)) throw new Error('the database is away');
        results.push(result.result?.originalKey ?? '');
      },
      onFailure: () => Promise.reject(new Error('the database is away')),
    });
    for (const number of [10, 5, 11]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length === 1);
  });

  it('makes room between two images when the first took much memory', async () => {
    const { invoke } = await start();
    for (const number of [12, 10, 11]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length === 3);
    expect(failures).toEqual([]);
    expect(await pids()).toHaveLength(2);
  });

  it('leaves no child behind when the server is killed, however busy the child is', async () => {
    const server = await startServer(`
      await invoke({ originalKey: ${JSON.stringify(keyOf(2))} });
      await invoke({ originalKey: ${JSON.stringify(keyOf(3))} });
    `);
    await until(async () => (await countOf('begin')) === 2);
    const children = await pids();
    expect(children.filter(isAlive)).toHaveLength(2);
    server.kill('SIGKILL');
    await until(() => children.every((pid) => !isAlive(pid)));
  });

  it('lives through a time in which no process can be started', async () => {
    const server = await startServer(
      `
      const open = [];
      try { for (;;) open.push(openSync('/dev/null')); } catch {}
      await invoke({ originalKey: ${JSON.stringify(keyOf(10))} });
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { status } = health();
      for (const each of open) closeSync(each);
      note('status ' + status);
    `,
      'ulimit -n 64',
    );
    const [code] = await once(server, 'exit');
    expect(await noted()).toEqual(['status down', expect.stringMatching(/^start/), expect.any(String), 'end 10']);
    expect(code).toBe(0);
  });

  /** A process of its own that does this and ends with the first result. */
  async function startServer(code: string, before = ':'): Promise<ChildProcess> {
    const file = join(folder, `server-${Math.random()}.mjs`);
    const contents = `
      import { appendFileSync, closeSync, openSync } from 'node:fs';
      import { Readable } from 'node:stream';
      import { createLocalFunctionRunner } from './server/embedded/local-function-runner.ts';
      const note = (text) => appendFileSync(${JSON.stringify(notes)}, text + '\\n');
      const { invoke, health, close } = await createLocalFunctionRunner({
        decoderFile: ${JSON.stringify(join(folder, 'fixture.mjs'))},
        runtimeFile: ${JSON.stringify(built.runtimeFile)},
        concurrency: 2, memoryMegabytes: 400, timeoutSeconds: 60,
        maxPixels: 1_000_000,
        store: {
          get: async (bucket, key) => {
            const body = Buffer.from(String(Number(key.slice(24, 36))));
            return { body: Readable.from([body]), bytes: body.length, metadata: { recipe: ${JSON.stringify(serializeRecipe(recipe))} } };
          },
          head: async () => ({}),
          put: async () => ({}),
          putMany: async () => [],
        },
        logger: { debug: ({ line }) => line && note(line), info() {}, warn() {}, error() {} },
        onResult: async () => void setTimeout(() => close().then(() => process.exit(0))),
        onFailure: async () => {},
      });
      setInterval(() => {}, 1000);
      ${code}
    `;
    const stdin = { contents, resolveDir: join(import.meta.dirname, '../..') };
    await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: file, external: ['pino'] });
    return spawn('sh', ['-c', `${before}; exec "$0" "$1"`, process.execPath, file], { stdio: 'inherit' });
  }
});

describe('the function itself under the local runner', () => {
  const recipe = createRecipe({ thumbnailHeights: [16, 24], thumbnailFormat: 'same' });

  it('makes thumbnails in the folder of the store, and a verdict of what is no image', async () => {
    const directory = join(folder, 'objects');
    const store = createDiskObjectStore({
      directory,
      presign: { publicUrl: 'http://localhost', accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const metadata = { recipe: serializeRecipe(recipe) };
    const pictures = ['baseline JPEG', 'PNG', 'GIF', 'lossy WebP', 'AVIF', 'TIFF'];
    for (const [number, encoding] of pictures.entries()) {
      await store.put('originals', keyOf(number), await makePicture(encoding), { contentType: 'image/x', metadata });
    }
    await store.put('originals', keyOf(90), Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), {
      contentType: 'image/svg+xml',
      metadata,
    });
    const { invoke, health } = await start({
      decoderFile: built.decoderFile,
      memoryMegabytes: 1536,
      store,
    });
    for (const number of [...pictures.keys(), 90, 91]) await invoke({ originalKey: keyOf(number) });
    await until(() => results.length + failures.length === pictures.length + 1 && health().queued === 0);
    expect(failures).toEqual([]);
    const keys: string[] = [];
    for await (const { key } of store.list('thumbnails', '')) keys.push(key);
    expect(keys.filter((key) => key.endsWith('.result.json'))).toHaveLength(pictures.length + 1);
    expect(keys.filter((key) => !key.endsWith('.result.json'))).toHaveLength(2 * pictures.length);
    await store.close();
  });
});
