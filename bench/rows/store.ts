import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import type { ObjectStore } from '../../core/storage/object-store.ts';
import { median } from '../measure.ts';
import { type Line, lineOf } from './row.ts';

const presign = { publicUrl: 'http://localhost:8000', accessKeyId: 'local', secretAccessKey: 'secret' };
const png = { contentType: 'image/png' };
const objects = 10_000;
const writers = 16;

const nothing = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A stream into a file, fsync, rename, fsync of its folder. */
async function plainCopy(from: string, directory: string): Promise<void> {
  const temporary = join(directory, 'copy.part');
  await pipeline(createReadStream(from), createWriteStream(temporary, { flush: true }));
  await rename(temporary, join(directory, 'copy'));
  const folder = await open(directory, 'r');
  await folder.sync();
  await folder.close();
}

/** The disk store against a plain copy of the same bytes with the same durability, and a list of 10,000 objects. */
export async function measureStore(): Promise<Line[]> {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-bench-'));
  const store = createDiskObjectStore({ directory: join(directory, 'store'), presign });
  try {
    return [
      ...(await compare(store, directory, { what: '10 KB', bytes: 10_000, rounds: 60 })),
      ...(await compare(store, directory, { what: '1 MB', bytes: 1_000_000, rounds: 30 })),
      ...(await compare(store, directory, { what: '50 MB', bytes: 50_000_000, rounds: 5 })),
      ...(await putAndList(store)),
    ];
  } finally {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  }
}

async function compare(
  store: ObjectStore,
  directory: string,
  { what, bytes, rounds }: { what: string; bytes: number; rounds: number },
): Promise<Line[]> {
  const source = join(directory, 'source');
  await writeFile(source, randomBytes(bytes));
  const times: Record<'copy' | 'put' | 'read' | 'get', number[]> = { copy: [], put: [], read: [], get: [] };
  const get = async (key: string) => {
    const object = await store.get('originals', key);
    if (!object) throw new Error('the object is gone');
    await pipeline(object.body, nothing());
  };
  for (let round = 0; round < rounds; round += 1) {
    const key = `${crypto.randomUUID()}/object`;
    const put = () => store.put('originals', key, createReadStream(source), { ...png, contentLength: bytes });
    times.copy.push(await milliseconds(() => plainCopy(source, directory)));
    times.put.push(await milliseconds(put));
    times.read.push(await milliseconds(() => pipeline(createReadStream(source), nothing())));
    times.get.push(await milliseconds(() => get(key)));
    await store.delete('originals', [key]);
  }
  return [
    lineOf(`put of ${what}, against a copy`, median(times.put), 'ms', { reference: median(times.copy) }),
    lineOf(`get of ${what}, against a read`, median(times.get), 'ms', { reference: median(times.read) }),
  ];
}

async function putAndList(store: ObjectStore): Promise<Line[]> {
  const keys = Array.from({ length: objects }, () => `${crypto.randomUUID()}/${randomBytes(16).toString('hex')}`);
  const putMilliseconds = await milliseconds(async () => {
    const left = keys.values();
    const write = async () => {
      for (const key of left) await store.put('originals', key, Buffer.from('x'), png);
    };
    await Promise.all(Array.from({ length: writers }, write));
  });
  let count = 0;
  const listMilliseconds = await milliseconds(async () => {
    for await (const _object of store.list('originals', '')) count += 1;
  });
  return [
    lineOf(`put of a byte, ${writers} at once`, putMilliseconds / objects, 'ms'),
    lineOf(`list of ${count.toLocaleString('en-US')} objects, each`, (listMilliseconds * 1000) / count, 'µs'),
  ];
}
