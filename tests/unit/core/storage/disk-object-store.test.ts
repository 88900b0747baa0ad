import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDiskObjectStore, type DiskObjectStoreDeps } from '../../../../core/storage/disk-object-store.ts';
import type { ObjectStore } from '../../../../core/storage/object-store.ts';

const presign = { publicUrl: 'http://localhost:8000', accessKeyId: 'local', secretAccessKey: 'secret' };
const png = { contentType: 'image/png' };

let directory: string;
let store: ObjectStore;
const open = (more: Partial<DiskObjectStoreDeps> = {}): ObjectStore =>
  createDiskObjectStore({ directory: join(directory, 'objects'), presign, ...more });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'darkroom-store-'));
  store = open();
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function files(): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the folder of the disk store', () => {
  it('holds the bytes as a plain file with a suffix, beside what is known about them', async () => {
    await store.put('originals', 'id/secret', Buffer.from('the bytes'), { ...png, metadata: { recipe: '{}' } });
    const folder = join(directory, 'objects/originals/id/secret@/1');
    expect(await files()).toEqual([join(folder, 'metadata.json'), join(folder, 'object.png')]);
    expect(await readFile(join(folder, 'object.png'), 'utf8')).toBe('the bytes');
    expect(JSON.parse(await readFile(join(folder, 'metadata.json'), 'utf8'))).toMatchObject({
      key: 'id/secret',
      bytes: 9,
      contentType: 'image/png',
      metadata: { recipe: '{}' },
    });
  });

  it('is for its owner alone', async () => {
    await store.put('originals', 'id/secret', Buffer.from('x'), png);
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect((mode & 0o777).toString(8)).toBe(entry.isDirectory() ? '700' : '600');
    }
    expect(entries.length).toBeGreaterThan(6);
  });

  it('keeps one version of a replaced object', async () => {
    for (const text of ['one', 'two', 'three']) await store.put('originals', 'a', Buffer.from(text), png);
    expect(await readdir(join(directory, 'objects/originals/a@'))).toEqual(['3']);
  });

  it('has no empty folders after a delete, and keeps those with something in them', async () => {
    for (const key of ['a/b/c', 'a/d']) await store.put('originals', key, Buffer.from('x'), png);
    await store.delete('originals', ['a/b/c']);
    expect(await readdir(join(directory, 'objects/originals/a'))).toEqual(['d@']);
    await store.delete('originals', ['a/d']);
    expect(await readdir(join(directory, 'objects/originals'))).toEqual(['@tmp']);
  });

  it('lets no key out of its bucket', async () => {
    for (const key of ['..%2f..%2fx', '%2e%2e/x', '@tmp', 'C:\\x', '~', '\u0000', 'a@', 'metadata.json']) {
      await store.put('originals', key, Buffer.from(key), png);
    }
    const inside = join(directory, 'objects/originals/');
    expect((await files()).filter((file) => !file.startsWith(inside))).toEqual([]);
    expect((await files()).filter((file) => file.startsWith(join(inside, '@tmp')))).toEqual([]);
    expect(await store.head('originals', '@tmp')).toMatchObject({ bytes: 4 });
  });

  it('holds a key beside longer keys that begin with it, as S3 does', async () => {
    const keys = ['a', 'a-b', 'a.b', 'a/b', 'a/b/c', 'ab'];
    for (const key of keys.toReversed()) await store.put('originals', key, Buffer.from(key), png);
    const listed = await Readable.from(store.list('originals', 'a')).toArray();
    expect(listed.map(({ key }) => key)).toEqual(keys);
    await store.delete('originals', ['a', 'a/b']);
    expect(await store.head('originals', 'a')).toBeNull();
    expect(await store.head('originals', 'a/b/c')).toMatchObject({ bytes: 5 });
  });

  it('ignores what others leave in it', async () => {
    await store.put('originals', 'a', Buffer.from('x'), png);
    await writeFile(join(directory, 'objects/originals/.DS_Store'), '');
    await writeFile(join(directory, 'objects/originals/Thumbs.db'), '');
    await mkdir(join(directory, 'objects/originals/empty@'));
    const keys = [];
    for await (const { key } of store.list('originals', '')) keys.push(key);
    expect(keys).toEqual(['a']);
    expect(await store.head('originals', 'empty')).toBeNull();
  });
});

describe('leftovers of a dead process', () => {
  it.each([
    ['whose id nobody has', `${2 ** 22 + 1}-17`],
    ['whose id is ours by now', `${process.pid}-1`],
  ])('are removed at the start: %s', async (_name, folder) => {
    const leftover = join(directory, 'objects/originals/@tmp', folder, 'draft');
    await mkdir(leftover, { recursive: true });
    await writeFile(join(leftover, 'object.png'), 'half');
    open();
    expect(await files()).toEqual([]);
  });

  it('are not what a living process is writing', async () => {
    async function* body() {
      yield Buffer.from('a');
      open();
      expect(await files()).toHaveLength(1);
      yield Buffer.from('b');
    }
    await expect(store.put('originals', 'a', Readable.from(body()), png)).resolves.toMatchObject({ bytes: 2 });
  });

  it('are only sought in the temporary folder', async () => {
    await mkdir(join(directory, 'objects/originals/1234567-1'));
    open();
    expect(await readdir(join(directory, 'objects/originals'))).toContain('1234567-1');
  });
});

describe('a store that went away', () => {
  beforeEach(async () => {
    await store.put('originals', 'a/b', Buffer.from('x'), png);
    await rename(join(directory, 'objects'), join(directory, 'elsewhere'));
  });

  it.each<[string, () => Promise<unknown>]>([
    ['put', () => store.put('originals', 'c/d', Buffer.from('x'), png)],
    ['get', () => store.get('originals', 'a/b')],
    ['head', () => store.head('originals', 'a/b')],
    ['delete', () => store.delete('originals', ['a/b'])],
    ['list', () => Readable.from(store.list('originals', 'a/')).toArray()],
    ['check', () => store.check()],
  ])('is unavailable, not empty: %s', async (_name, work) => {
    await expect(work()).rejects.toMatchObject({ code: 'unavailable', retryAfterSeconds: 5 });
    expect(await readdir(directory)).toEqual(['elsewhere']);
  });

  it('works again when it is back', async () => {
    await rename(join(directory, 'elsewhere'), join(directory, 'objects'));
    await expect(store.check()).resolves.toBeUndefined();
    expect(await store.head('originals', 'a/b')).toMatchObject({ bytes: 1 });
  });
});

describe('a damaged object', () => {
  it.each(['', '{', '{"key":"a"}', '{"file":"../../../etc/passwd"}'])(
    'is unavailable, not gone: %j',
    async (content) => {
      await store.put('originals', 'a', Buffer.from('x'), png);
      await writeFile(join(directory, 'objects/originals/a@/1/metadata.json'), content);
      await expect(store.get('originals', 'a')).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.head('originals', 'a')).rejects.toMatchObject({ code: 'unavailable' });
      await store.delete('originals', ['a']);
      expect(await store.head('originals', 'a')).toBeNull();
    },
  );

  it('that lost bytes fails its reader', async () => {
    await store.put('originals', 'a', Buffer.alloc(1000), png);
    const object = await store.get('originals', 'a');
    await writeFile(join(directory, 'objects/originals/a@/1/object.png'), 'short');
    await expect(object?.body.toArray()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('a reader', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['head', () => store.head('originals', 'a')],
    ['get', () => store.get('originals', 'a').then((object) => object?.body.toArray())],
    ['list', () => Readable.from(store.list('originals', '')).toArray()],
  ])('looks again when a version goes away under its eyes: %s', async (_name, look) => {
    await store.put('originals', 'a', Buffer.from('x'), png);
    const expected = await look();
    const vanishing = join(directory, 'objects/originals/a@/7');
    await mkdir(vanishing);
    const looking = look();
    await rm(vanishing, { recursive: true });
    expect(await looking).toEqual(expected);
  });

  it('that is told to stop ends with the signal’s reason', async () => {
    await store.put('originals', 'a', Buffer.alloc(5_000_000), png);
    const abort = new AbortController();
    const object = await store.get('originals', 'a', { signal: abort.signal });
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(object?.body.toArray()).rejects.toBe(reason);
  });

  it('that never reads leaves no open file when it is destroyed', async () => {
    await store.put('originals', 'a', Buffer.from('x'), png);
    const before = (await readdir('/proc/self/fd')).length;
    for (let i = 0; i < 20; i++) (await store.get('originals', 'a'))?.body.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await readdir('/proc/self/fd')).length).toBeLessThan(before + 10);
  });
});

it('a folder that cannot be is said at the start', () => {
  expect(() => createDiskObjectStore({ directory: '/dev/null/x', presign })).toThrow(
    expect.objectContaining({ code: 'unavailable' }),
  );
});
