import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
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

const probe = await openFile('/dev/null');
const fileHandle = Object.getPrototypeOf(probe) as { sync(): Promise<void>; datasync(): Promise<void> };
await probe.close();

/** Counts what is forced to the disk, by kind. */
function countSyncs() {
  const mock = { datasync: 0, sync: 0 };
  const { sync, datasync } = fileHandle;
  fileHandle.sync = function () {
    mock.sync += 1;
    return sync.call(this);
  };
  fileHandle.datasync = function () {
    mock.datasync += 1;
    return datasync.call(this);
  };
  const restore = () => Object.assign(fileHandle, { sync, datasync });
  return { mock, restore };
}

async function files(): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe('the folder of the disk store', () => {
  it('holds an object as one file: its bytes, and behind them what is known about it', async () => {
    await store.put('originals', 'id/secret', Buffer.from('the bytes'), { ...png, metadata: { recipe: '{}' } });
    const file = join(directory, 'objects/originals/id/+secret');
    expect(await files()).toEqual([file]);
    const content = await readFile(file, 'utf8');
    expect(content.startsWith('the bytes{')).toBe(true);
    expect(content).toHaveLength(9 + 4096);
    expect(JSON.parse(content.slice(9).replace('darkroom-1', ''))).toMatchObject({
      key: 'id/secret',
      bytes: 9,
      contentType: 'image/png',
      metadata: { recipe: '{}' },
    });
  });

  it('takes the hash of who has one, and computes it otherwise: the same ETag', async () => {
    const bytes = Buffer.from('the bytes');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const given = await store.put('originals', 'a', Readable.from([bytes]), { ...png, sha256: () => sha256 });
    expect((await store.put('originals', 'b', bytes, png)).etag).toBe(given.etag);
  });

  it('syncs each file once, and the folder that several share once', async () => {
    const { mock, restore } = countSyncs();
    const put = (name: string) => ({ key: `id/${name}`, body: Buffer.from(name), ...png });
    const infos = await store.putMany('thumbnails', [put('200.png'), put('400.png'), put('result.json')]);
    restore();
    expect(infos.map(({ bytes }) => bytes)).toEqual([7, 7, 11]);
    // The three files; their folder, and the one that it is new in.
    expect(mock).toEqual({ datasync: 3, sync: 2 });
    expect((await Readable.from(store.list('thumbnails', 'id/')).toArray()).length).toBe(3);
  });

  it('syncs a folder that it made before no more, and its own file and folder once', async () => {
    await store.put('thumbnails', 'id/one', Buffer.from('x'), png);
    const { mock, restore } = countSyncs();
    await store.put('thumbnails', 'id/two', Buffer.from('x'), png);
    restore();
    expect(mock).toEqual({ datasync: 1, sync: 1 });
  });

  it('leaves nothing when one of several cannot be written', async () => {
    const body = Buffer.from('x');
    const put = store.putMany('thumbnails', [
      { key: 'id/one', body, ...png },
      { key: 'id/two', body, ...png, contentLength: 5 },
    ]);
    await expect(put).rejects.toMatchObject({ code: 'incomplete_body' });
    expect(await files()).toEqual([]);
  });

  it('is for its owner alone', async () => {
    await store.put('originals', 'id/secret', Buffer.from('x'), png);
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect((mode & 0o777).toString(8)).toBe(entry.isDirectory() ? '700' : '600');
    }
    expect(entries.length).toBeGreaterThan(4);
  });

  it('keeps one version of a replaced object', async () => {
    for (const text of ['one', 'two', 'three']) await store.put('originals', 'a', Buffer.from(text), png);
    expect(await files()).toEqual([join(directory, 'objects/originals/+a')]);
  });

  it('has no empty folders after a delete, and keeps those with something in them', async () => {
    for (const key of ['a/b/c', 'a/d']) await store.put('originals', key, Buffer.from('x'), png);
    await store.delete('originals', ['a/b/c']);
    expect(await readdir(join(directory, 'objects/originals/a'))).toEqual(['+d']);
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
  it.each([0, 1, 4095, 4097, 70_000])('is unavailable, not gone: %i bytes of it', async (left) => {
    await store.put('originals', 'a', Buffer.alloc(80_000), png);
    await truncate(join(directory, 'objects/originals/+a'), left);
    await expect(store.get('originals', 'a')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(store.head('originals', 'a')).rejects.toMatchObject({ code: 'unavailable' });
    await store.delete('originals', ['a']);
    expect(await store.head('originals', 'a')).toBeNull();
  });

  it('that lost bytes fails its reader', async () => {
    await store.put('originals', 'a', Buffer.alloc(3_000_000), png);
    const object = await store.get('originals', 'a');
    await truncate(join(directory, 'objects/originals/+a'), 10);
    await expect(object?.body.toArray()).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('an object of an earlier version', () => {
  /** As it was written: a folder for each version, with the bytes and `metadata.json`. */
  async function writeEarlier(key: string, text: string, version = 1): Promise<void> {
    const folder = join(directory, `objects/originals/${key}@/${version}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'object.png'), text);
    const info = {
      key,
      file: 'object.png',
      bytes: text.length,
      contentType: 'image/png',
      etag: '"0123"',
      lastModified: '2026-11-01T00:00:00.000Z',
      metadata: { recipe: '{}' },
    };
    await writeFile(join(folder, 'metadata.json'), JSON.stringify(info));
  }
  const textOf = async (key: string, range?: { start: number; end: number }) => {
    const object = await store.get('originals', key, range ? { range } : {});
    return object && Buffer.concat(await object.body.toArray()).toString();
  };
  const listed = async () => (await Readable.from(store.list('originals', '')).toArray()).map(({ key }) => key);

  it('is read, in whole and in part, and listed among the others', async () => {
    await writeEarlier('id/secret', 'old bytes');
    for (const key of ['id/a', 'id/z']) await store.put('originals', key, Buffer.from('x'), png);
    expect(await store.head('originals', 'id/secret')).toMatchObject({
      bytes: 9,
      etag: '"0123"',
      metadata: { recipe: '{}' },
    });
    expect(await textOf('id/secret')).toBe('old bytes');
    expect(await textOf('id/secret', { start: 4, end: 6 })).toBe('byt');
    expect(await listed()).toEqual(['id/a', 'id/secret', 'id/z']);
  });

  it('gives way to a newer one, also when it could not be removed', async () => {
    await writeEarlier('id/secret', 'old');
    await store.put('originals', 'id/secret', Buffer.from('new'), png);
    expect(await files()).toEqual([join(directory, 'objects/originals/id/+secret')]);
    await writeEarlier('id/secret', 'old', 2);
    expect(await textOf('id/secret')).toBe('new');
    expect(await listed()).toEqual(['id/secret']);
    await store.delete('originals', ['id/secret']);
    expect(await textOf('id/secret')).toBeNull();
    expect(await files()).toEqual([]);
  });

  it.each(['', '{', '{"key":"a"}', '{"file":"../../../etc/passwd"}'])(
    'that is damaged is unavailable, not gone: %j',
    async (content) => {
      await writeEarlier('a', 'x');
      await writeFile(join(directory, 'objects/originals/a@/1/metadata.json'), content);
      await expect(store.get('originals', 'a')).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.head('originals', 'a')).rejects.toMatchObject({ code: 'unavailable' });
      await store.delete('originals', ['a']);
      expect(await store.head('originals', 'a')).toBeNull();
    },
  );
});

describe('a reader', () => {
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
