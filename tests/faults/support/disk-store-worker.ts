/**
 * A second process at a disk store. What it does is its first argument, the folder its second; it says what it did in
 * lines of JSON.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { createDiskObjectStore } from '../../../core/storage/disk-object-store.ts';

const [, , task, directory = '', tag = ''] = process.argv;
const presign = { publicUrl: 'http://localhost:8000', accessKeyId: 'local', secretAccessKey: 'secret' };
const store = createDiskObjectStore({ directory, presign });
const say = (fact: object): boolean => process.stdout.write(`${JSON.stringify(fact)}\n`);

async function* slowly(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 16_384) {
    yield bytes.subarray(at, at + 16_384);
    await wait(0);
  }
}

/** Puts until somebody kills it; says each key once its put is acknowledged. Every tenth put replaces an object. */
async function putForever(): Promise<void> {
  const writer = async (lane: number): Promise<void> => {
    for (let i = 0; ; i++) {
      const key = i % 10 ? `${crypto.randomUUID()}/${tag}-${lane}-${i}` : `replaced/${lane}`;
      const bytes = randomBytes(1 + Math.floor(Math.random() * 200_000));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await store.put('originals', key, Readable.from(slowly(bytes)), {
        contentType: 'image/png',
        metadata: { sha256 },
      });
      say({ key, sha256 });
    }
  };
  await Promise.all([0, 1, 2, 3].map(writer));
}

/** Puts, replaces and deletes the keys that the other process works on too. */
async function shareKeys(): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const key = `shared/${i % 4}`;
    const bytes = Buffer.alloc(20_000 + i, `${tag}${i}`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    await store.put('originals', key, bytes, { contentType: 'image/png', metadata: { sha256 } });
    if (i % 7 === 0) await store.delete('originals', [key]);
  }
  await store.put('originals', `own/${tag}`, Buffer.from(tag), { contentType: 'image/png' });
  say({ done: true });
}

/** What a put of more than fits, and a check, come to. */
async function overfill(): Promise<void> {
  const outcome = await store
    .put('originals', 'big/one', Readable.from(slowly(randomBytes(8 * 1024 * 1024))), { contentType: 'image/png' })
    .then(
      () => 'stored',
      (error) => ({ code: error.code, detail: error.detail, cause: error.cause?.code }),
    );
  const check = await store.check().then(
    () => 'ok',
    (error) => ({ code: error.code, cause: error.cause?.code }),
  );
  const kept = await store.head('originals', 'small/one').catch((error) => error.code);
  say({ outcome, check, kept: kept?.bytes ?? kept });
}

async function putSmall(): Promise<void> {
  await store.put('originals', 'small/one', Buffer.from('small'), { contentType: 'image/png' });
}

const tasks: Record<string, () => Promise<void>> = { putForever, shareKeys, overfill, putSmall };
await tasks[task ?? '']?.();
