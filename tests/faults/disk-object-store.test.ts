import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';

const worker = join(import.meta.dirname, 'support/disk-store-worker.ts');
const node = [process.execPath, '--import', 'tsx', worker];
const presign = { publicUrl: 'http://localhost:8000', accessKeyId: 'local', secretAccessKey: 'secret' };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

function start(...args: string[]): ChildProcess {
  return spawn(node[0]!, [...node.slice(1), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

async function leftovers(): Promise<string[]> {
  return (await readdir(directory, { recursive: true })).filter((name) => /@tmp\/[^/]+\/./.test(name));
}

/** Each object is whole: its bytes are those that its own metadata names. */
async function expectWhole(store: ObjectStore, key: string): Promise<string | undefined> {
  const object = await store.get('originals', key);
  if (!object) return undefined;
  const sha256 = createHash('sha256')
    .update(await buffer(object.body))
    .digest('hex');
  expect(sha256).toBe(object.metadata.sha256);
  return sha256;
}

describe('the disk store of a process that is killed', () => {
  it('keeps every acknowledged object, has no half ones, and clears the rest away at the next start', async () => {
    const acknowledged = new Map<string, string>();
    let sawLeftovers = false;
    for (let round = 0; round < 8; round++) {
      const child = start('putForever', directory, String(round));
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const { key, sha256 } = JSON.parse(line);
        acknowledged.set(key, sha256);
      });
      await once(child.stdout!, 'data');
      await wait(60 + Math.random() * 150);
      child.kill('SIGKILL');
      await once(child, 'close');

      sawLeftovers ||= (await leftovers()).length > 0;
      const store = createDiskObjectStore({ directory, presign });
      expect(await leftovers()).toEqual([]);
      for await (const { key } of store.list('originals', '')) await expectWhole(store, key);
      for (const [key, sha256] of acknowledged) {
        const found = await expectWhole(store, key);
        if (key.startsWith('replaced/')) expect(found).toBeDefined();
        else expect(found).toBe(sha256);
      }
      await store.close();
    }
    expect(acknowledged.size).toBeGreaterThan(20);
    expect(sawLeftovers).toBe(true);
  });
});

describe('two processes at one disk store', () => {
  it('do not disturb each other, nor take each other’s temporary files for leftovers', async () => {
    const children = ['a', 'b'].map((tag) => start('shareKeys', directory, tag));
    const said = children.map((child) => text(child.stdout!));
    const done = Promise.all(children.map((child) => once(child, 'close')));
    let running = true;
    void done.then(() => {
      running = false;
    });
    while (running) {
      const store = createDiskObjectStore({ directory, presign });
      for await (const { key } of store.list('originals', 'shared/')) await expectWhole(store, key);
      await wait(20);
    }
    expect(await Promise.all(said)).toEqual(['{"done":true}\n', '{"done":true}\n']);
    expect((await done).map(([code]) => code)).toEqual([0, 0]);
    const store = createDiskObjectStore({ directory, presign });
    expect(await store.head('originals', 'own/a')).not.toBeNull();
    expect(await store.head('originals', 'own/b')).not.toBeNull();
    expect(await leftovers()).toEqual([]);
  });
});

/** A file system of our own, in namespaces of our own; where the machine forbids that, there is nothing to test with. */
const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

(canMount ? describe : describe.skip)('the disk store on a file system that does not take any more', () => {
  const run = async (size: string, after: string): Promise<Record<string, unknown>> => {
    const [small, big] = ['putSmall', 'overfill'].map((task) => [...node, task, directory].join(' '));
    const script = `mount -t tmpfs -o size=${size} tmpfs ${directory} && ${small} && ${after} && ${big} && find ${directory} -path '*@tmp/*/*' >&2`;
    const child = spawn('unshare', ['-rm', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const [out, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { ...JSON.parse(out), leftovers: complaints };
  };

  it('says that it is full, and leaves nothing of what did not fit', async () => {
    expect(await run('3m', 'true')).toEqual({
      outcome: { code: 'unavailable', detail: expect.stringContaining('full'), cause: 'ENOSPC' },
      check: 'ok',
      kept: 5,
      leftovers: '',
    });
  });

  it('says that it cannot be written to, and goes on reading', async () => {
    expect(await run('3m', `mount -o remount,ro ${directory}`)).toEqual({
      outcome: { code: 'unavailable', detail: expect.stringContaining('written'), cause: 'EROFS' },
      check: { code: 'unavailable', cause: 'EROFS' },
      kept: 5,
      leftovers: '',
    });
  });
});
