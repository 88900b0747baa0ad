/**
 * The disk store against a plain copy of the same bytes with the same durability, and a list of 10,000 objects:
 * `npx tsx bench/disk-object-store.ts [FOLDER]`. The folder should be on the disk that is meant.
 */
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createDiskObjectStore } from '../core/storage/disk-object-store.ts';

const directory = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'darkroom-bench-'));
const presign = { publicUrl: 'http://localhost:8000', accessKeyId: 'local', secretAccessKey: 'secret' };
const store = createDiskObjectStore({ directory: join(directory, 'store'), presign });
const png = { contentType: 'image/png' };
const nothing = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A stream into a file, fsync, rename, fsync of its folder. */
async function plainCopy(from: string, to: string): Promise<void> {
  const temporary = `${to}.part`;
  await pipeline(createReadStream(from), createWriteStream(temporary, { flush: true }));
  await rename(temporary, to);
  const folder = await open(directory, 'r');
  await folder.sync();
  await folder.close();
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;

async function compare(bytes: number, rounds: number) {
  const source = join(directory, 'source');
  await writeFile(source, randomBytes(bytes));
  const times: Record<string, number[]> = { copy: [], put: [], read: [], get: [] };
  for (let round = 0; round < rounds; round++) {
    const key = `${crypto.randomUUID()}/object`;
    times.copy!.push(await milliseconds(() => plainCopy(source, join(directory, 'copy'))));
    times.put!.push(
      await milliseconds(() => store.put('originals', key, createReadStream(source), { ...png, contentLength: bytes })),
    );
    times.read!.push(await milliseconds(() => pipeline(createReadStream(source), nothing())));
    times.get!.push(await milliseconds(async () => pipeline((await store.get('originals', key))!.body, nothing())));
    await store.delete('originals', [key]);
  }
  const [copy, put, read, get] = Object.values(times).map(median) as [number, number, number, number];
  return {
    bytes,
    'copy, ms': copy.toFixed(2),
    'put, ms': put.toFixed(2),
    'put / copy': (put / copy).toFixed(2),
    'read, ms': read.toFixed(2),
    'get, ms': get.toFixed(2),
    'get / read': (get / read).toFixed(2),
  };
}

try {
  console.table([await compare(10_000, 60), await compare(1_000_000, 30), await compare(50_000_000, 5)]);

  const keys = Array.from({ length: 10_000 }, () => `${crypto.randomUUID()}/${randomBytes(16).toString('hex')}`);
  const putMs = await milliseconds(async () => {
    const writers = Array.from({ length: 16 }, async (_, lane) => {
      for (let i = lane; i < keys.length; i += 16) await store.put('originals', keys[i]!, Buffer.from('x'), png);
    });
    await Promise.all(writers);
  });
  let count = 0;
  const listMs = await milliseconds(async () => {
    for await (const _object of store.list('originals', '')) count += 1;
  });
  console.table([
    {
      objects: count,
      'put, ms each (16 at once)': (putMs / keys.length).toFixed(2),
      'list, ms': listMs.toFixed(0),
      'list, µs each': ((listMs * 1000) / count).toFixed(0),
    },
  ]);
} finally {
  await rm(directory, { recursive: true, force: true });
}
