import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ObjectStore, ObjectSummary } from '../../core/storage/object-store.ts';

export interface Driver {
  store: ObjectStore;
  /** Whatever is in the store and is no object: temporary files, multipart uploads. */
  leftovers(): Promise<string[]>;
  /** A way to GET a presigned URL; null when nothing serves this driver's URLs here. */
  fetch: typeof fetch | null;
  /** The server refuses some of many writes to one folder, with an error of its own. */
  refusesUnderContention?: boolean;
  end(): Promise<void>;
}

const png = { contentType: 'image/png' };
const mebibyte = 1024 * 1024;

/** What every object store does, whatever is behind it. */
export function objectStoreContract(name: string, start: () => Promise<Driver>): void {
  describe(`an object store: ${name}`, () => {
    let driver: Driver;
    let store: ObjectStore;
    const folder = (): string => `${crypto.randomUUID()}/${randomBytes(16).toString('hex')}`;

    beforeAll(async () => {
      driver = await start();
      store = driver.store;
    });
    afterAll(async () => {
      await store?.close();
      await driver?.end();
    });

    async function read(key: string, range?: { start: number; end: number }): Promise<Buffer | null> {
      const object = await store.get('originals', key, range ? { range } : {});
      return object && (await buffer(object.body));
    }

    async function listed(prefix: string): Promise<ObjectSummary[]> {
      const found: ObjectSummary[] = [];
      for await (const object of store.list('originals', prefix)) found.push(object);
      return found;
    }

    describe('put and get', () => {
      it.each([0, 1, 70_000, 5 * mebibyte - 1, 5 * mebibyte, 5 * mebibyte + 1, 12 * mebibyte])(
        'gives back %p bytes of a stream as they came',
        async (size) => {
          const bytes = randomBytes(size);
          for (const known of [true, false]) {
            const key = folder();
            const info = await store.put('originals', key, Readable.from(slices(bytes, 61_003)), {
              ...png,
              ...(known ? { contentLength: size } : {}),
            });
            expect(info.bytes).toBe(size);
            expect((await read(key))?.equals(bytes)).toBe(true);
          }
        },
      );

      it('takes bytes as well as a stream', async () => {
        const key = folder();
        await store.put('originals', key, new Uint8Array([1, 2, 3]), png);
        expect(await read(key)).toEqual(Buffer.from([1, 2, 3]));
      });

      it('gives the same facts at put, get and head', async () => {
        const key = folder();
        const metadata = { recipe: '{"version":1,"heights":[200],"format":"same"}', other: 'x y' };
        const put = await store.put('originals', key, Buffer.from('hello'), { ...png, metadata });
        const head = await store.head('originals', key);
        const got = await store.get('originals', key);
        got?.body.destroy();
        for (const info of [put, head, got]) {
          expect(info).toMatchObject({ bytes: 5, contentType: 'image/png', etag: put.etag, metadata });
          expect(info?.etag).toMatch(/^"[^"]+"$/);
          expect(Math.abs((info?.lastModified.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
        }
      });

      it('gives other bytes another ETag', async () => {
        const key = folder();
        const first = await store.put('originals', key, Buffer.from('one'), png);
        const second = await store.put('originals', key, Buffer.from('two'), png);
        expect(second.etag).not.toBe(first.etag);
      });

      it('replaces bytes, type and metadata together', async () => {
        const key = folder();
        await store.put('originals', key, Buffer.from('first'), { ...png, metadata: { a: '1' } });
        await store.put('originals', key, Buffer.from('second one'), {
          contentType: 'image/gif',
          metadata: { b: '2' },
        });
        expect(await store.head('originals', key)).toMatchObject({
          bytes: 10,
          contentType: 'image/gif',
          metadata: { b: '2' },
        });
        expect(String(await read(key))).toBe('second one');
      });

      it('answers null for what is not there', async () => {
        expect(await store.get('originals', folder())).toBeNull();
        expect(await store.head('originals', folder())).toBeNull();
      });

      it('keeps the buckets apart', async () => {
        const key = folder();
        await store.put('originals', key, Buffer.from('x'), png);
        expect(await store.head('thumbnails', key)).toBeNull();
      });

      it('lets a reader finish what is deleted meanwhile, or fails it, but never mixes', async () => {
        const key = folder();
        const bytes = randomBytes(3 * mebibyte);
        await store.put('originals', key, bytes, png);
        const object = await store.get('originals', key);
        await store.delete('originals', [key]);
        const read = await buffer(object!.body).catch(() => null);
        expect(read === null || read.equals(bytes)).toBe(true);
      });
    });

    describe('ranges', () => {
      const bytes = randomBytes(100_000);
      let key: string;
      beforeAll(async () => {
        key = folder();
        await store.put('originals', key, bytes, png);
      });

      it.each<[number, number]>([
        [0, 0],
        [0, 99_999],
        [99_999, 99_999],
        [10, 70_000],
      ])('gives bytes %p to %p', async (start, end) => {
        const object = await store.get('originals', key, { range: { start, end } });
        expect(object?.range).toEqual({ start, end });
        expect(object?.bytes).toBe(100_000);
        expect((await buffer(object!.body)).equals(bytes.subarray(start, end + 1))).toBe(true);
      });

      it('clamps a range that ends too far', async () => {
        const object = await store.get('originals', key, { range: { start: 99_990, end: 1e9 } });
        expect(object?.range).toEqual({ start: 99_990, end: 99_999 });
        expect((await buffer(object!.body)).equals(bytes.subarray(99_990))).toBe(true);
      });

      it('refuses a range that starts past the end', async () => {
        await expect(store.get('originals', key, { range: { start: 100_000, end: 100_001 } })).rejects.toThrow(
          RangeError,
        );
      });

      it('answers null for a range of what is not there', async () => {
        expect(await store.get('originals', folder(), { range: { start: 0, end: 1 } })).toBeNull();
      });
    });

    describe('a put that fails', () => {
      it.each([0, 100_000, 7 * mebibyte])(
        'rejects with the body’s own error after %p bytes, and leaves nothing',
        async (size) => {
          const key = folder();
          const error = new Error('the client went away');
          async function* failing() {
            yield* slices(randomBytes(size), 65_536);
            throw error;
          }
          await expect(store.put('originals', key, Readable.from(failing()), png)).rejects.toBe(error);
          expect(await store.head('originals', key)).toBeNull();
          expect(await driver.leftovers()).toEqual([]);
        },
      );

      it.each([0, 7 * mebibyte])(
        'rejects with the signal’s reason while the body hangs after %p bytes',
        async (size) => {
          const key = folder();
          const body = new PassThrough({ highWaterMark: 16 * mebibyte });
          body.write(randomBytes(size + 1));
          const abort = new AbortController();
          const put = store.put('originals', key, body, { ...png, signal: abort.signal });
          put.catch(() => {});
          await wait(200);
          const reason = new Error('no more');
          abort.abort(reason);
          await expect(put).rejects.toBe(reason);
          expect(await store.head('originals', key)).toBeNull();
          expect(await driver.leftovers()).toEqual([]);
          body.destroy();
        },
      );

      it('does not begin when the signal is aborted', async () => {
        const reason = new Error('too late');
        const signal = AbortSignal.abort(reason);
        await expect(store.put('originals', folder(), Buffer.from('x'), { ...png, signal })).rejects.toBe(reason);
      });

      it.each([
        ['shorter', 9, 10],
        ['longer', 11, 10],
        ['shorter, in parts', 6 * mebibyte, 7 * mebibyte],
        ['longer, in parts', 8 * mebibyte, 7 * mebibyte],
      ])('refuses a body that is %s than was said, and leaves nothing', async (_name, size, contentLength) => {
        const key = folder();
        const body = Readable.from(slices(randomBytes(size), 65_536));
        await expect(store.put('originals', key, body, { ...png, contentLength })).rejects.toMatchObject({
          code: size < contentLength ? 'incomplete_body' : 'invalid_request',
        });
        expect(await store.head('originals', key)).toBeNull();
        expect(await driver.leftovers()).toEqual([]);
      });

      it('keeps what was there', async () => {
        const key = folder();
        await store.put('originals', key, Buffer.from('old'), png);
        const body = Readable.from(
          (async function* () {
            yield Buffer.from('new');
            throw new Error('broken');
          })(),
        );
        await expect(store.put('originals', key, body, png)).rejects.toThrow('broken');
        expect(String(await read(key))).toBe('old');
      });

      it('does not destroy the body, which is its caller’s', async () => {
        const body = Readable.from(slices(randomBytes(200_000), 1_000));
        await expect(store.put('originals', folder(), body, { ...png, contentLength: 10 })).rejects.toThrow();
        expect(body.destroyed).toBe(false);
        body.destroy();
      });

      it.each(['', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/./b', 'x'.repeat(1025), '\ud800'])(
        'refuses a key that cannot be everywhere, number %#',
        async (key) => {
          await expect(store.put('originals', key, Buffer.from('x'), png)).rejects.toThrow(TypeError);
          await expect(store.get('originals', key)).rejects.toThrow(TypeError);
          await expect(store.head('originals', key)).rejects.toThrow(TypeError);
          await expect(store.delete('originals', [key])).rejects.toThrow(TypeError);
        },
      );
    });

    describe('many at once', () => {
      it('one key: each reader sees one writer’s object whole, the last one stays', async () => {
        const key = folder();
        const objects = Array.from({ length: 12 }, (_, i) => Buffer.alloc(50_000 + i, i));
        await store.put('originals', key, objects[0]!, { ...png, metadata: { n: '0' } });
        let writing = true;
        const reader = (async () => {
          let reads = 0;
          while (writing) {
            const object = await store.get('originals', key);
            const bytes = await buffer(object!.body);
            const n = Number(object!.metadata.n);
            expect(bytes.equals(objects[n]!)).toBe(true);
            expect(object!.bytes).toBe(50_000 + n);
            reads += 1;
          }
          return reads;
        })();
        const done: number[] = [];
        await Promise.all(
          objects.map((bytes, n) =>
            store.put('originals', key, bytes, { ...png, metadata: { n: String(n) } }).then(() => done.push(n)),
          ),
        );
        writing = false;
        expect(await reader).toBeGreaterThan(0);
        const last = await store.put('originals', key, objects[3]!, { ...png, metadata: { n: '3' } });
        expect(await store.head('originals', key)).toMatchObject({ etag: last.etag, metadata: { n: '3' } });
        expect(await driver.leftovers()).toEqual([]);
      });

      it('puts and deletes side by side end in one or the other, and the last word counts', async () => {
        const prefix = folder();
        const keys = ['a', 'b', 'c/d'].map((tail) => `${prefix}/${tail}`);
        await Promise.all(
          Array.from({ length: 60 }, async (_, i) => {
            const key = keys[i % 3]!;
            const work =
              i % 2 ? store.put('originals', key, Buffer.from(String(i)), png) : store.delete('originals', [key]);
            await work.catch((error) => {
              if (!driver.refusesUnderContention || error.code !== 'unavailable') throw error;
            });
          }),
        );
        for (const key of keys) await store.put('originals', key, Buffer.from('last'), png);
        expect((await listed(`${prefix}/`)).map((object) => object.key)).toEqual(keys);
        await store.delete('originals', keys);
        expect(await listed(`${prefix}/`)).toEqual([]);
        expect(await driver.leftovers()).toEqual([]);
      });
    });

    describe('delete', () => {
      it('deletes what it names and nothing else', async () => {
        const prefix = folder();
        const keys = ['a', 'aa/b', 'ab', 'b'].map((tail) => `${prefix}/${tail}`);
        for (const key of keys) await store.put('originals', key, Buffer.from(key), png);
        await store.delete('originals', [keys[0]!, keys[2]!, `${prefix}/not-there`]);
        expect((await listed(prefix)).map((object) => object.key)).toEqual([keys[1], keys[3]]);
        expect(await read(keys[0]!)).toBeNull();
      });

      it('is no error twice, nor for nothing', async () => {
        const key = folder();
        await store.put('originals', key, Buffer.from('x'), png);
        await store.delete('originals', [key, key]);
        await store.delete('originals', [key]);
        await store.delete('originals', []);
        expect(await store.head('originals', key)).toBeNull();
      });

      it('takes more keys than one request of S3 does', async () => {
        const prefix = folder();
        const keys = Array.from({ length: 1003 }, (_, i) => `${prefix}/${i}`);
        await store.put('originals', keys[0]!, Buffer.from('x'), png);
        await store.put('originals', keys[1002]!, Buffer.from('x'), png);
        await store.delete('originals', keys);
        expect(await listed(prefix)).toEqual([]);
      });
    });

    describe('list', () => {
      it('is in key order, with size and time', async () => {
        const prefix = folder();
        const tails = ['b/2', 'b-1', 'a/z', 'b/1', 'aa', 'b.x', 'c/d/e', 'a-z'];
        for (const tail of tails) await store.put('originals', `${prefix}/${tail}`, Buffer.from(tail), png);
        const found = await listed(`${prefix}/`);
        expect(found.map(({ key }) => key.slice(prefix.length + 1))).toEqual(tails.toSorted());
        expect(found.map(({ bytes }) => bytes)).toEqual(tails.toSorted().map((tail) => tail.length));
        for (const { lastModified } of found)
          expect(Math.abs(lastModified.getTime() - Date.now())).toBeLessThan(60_000);
      });

      it('finds by any prefix, also of half a segment', async () => {
        const prefix = folder();
        for (const tail of ['aa', 'ab', 'b', 'abc/c'])
          await store.put('originals', `${prefix}/${tail}`, Buffer.from('x'), png);
        const tailsOf = async (start: string) =>
          (await listed(`${prefix}/${start}`)).map(({ key }) => key.slice(prefix.length + 1));
        expect(await tailsOf('a')).toEqual(['aa', 'ab', 'abc/c']);
        expect(await tailsOf('abc/')).toEqual(['abc/c']);
        expect(await tailsOf('abc/c/')).toEqual([]);
        expect(await tailsOf('x')).toEqual([]);
      });

      it('goes on over pages', async () => {
        const prefix = folder();
        const keys = Array.from({ length: 1050 }, (_, i) => `${prefix}/${String(i).padStart(4, '0')}`);
        for (let i = 0; i < keys.length; i += 50) {
          await Promise.all(keys.slice(i, i + 50).map((key) => store.put('originals', key, Buffer.from('x'), png)));
        }
        expect((await listed(prefix)).map(({ key }) => key)).toEqual(keys);
        await store.delete('originals', keys);
      });

      it('can be left in the middle', async () => {
        const prefix = folder();
        for (const tail of ['a', 'b', 'c']) await store.put('originals', `${prefix}/${tail}`, Buffer.from('x'), png);
        for await (const object of store.list('originals', prefix)) {
          expect(object.key).toBe(`${prefix}/a`);
          break;
        }
      });
    });

    it('holds any sane key, in the order of its bytes', async () => {
      const segment = fc
        .string({ unit: fc.constantFrom(...'aAzZ09 ._-+%&=@~#\'"()*!ü猫'), minLength: 1, maxLength: 8 })
        .filter((text) => !/^\.+$/.test(text) && text === text.trim());
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(segment, { minLength: 1, maxLength: 5 }), async (segments) => {
          const prefix = folder();
          const keys = segments.map((text) => `${prefix}/${text}`);
          for (const key of keys) await store.put('originals', key, Buffer.from(key), png);
          for (const key of keys) expect(String(await read(key))).toBe(key);
          const expected = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
          expect((await listed(`${prefix}/`)).map(({ key }) => key)).toEqual(expected);
          await store.delete('originals', keys);
          expect(await listed(`${prefix}/`)).toEqual([]);
        }),
        { numRuns: 25 },
      );
    });

    describe('presignGet', () => {
      it('gives a URL that anybody may GET until it ends', async () => {
        const key = folder();
        await store.put('originals', key, Buffer.from('hello'), png);
        const signedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
        const { url, expiresAt } = store.presignGet('originals', key, {
          signedAt,
          expiresInSeconds: 60,
          contentDisposition: `inline; filename*=UTF-8''a%20b.png`,
        });
        expect(expiresAt).toEqual(new Date(signedAt.getTime() + 60_000));
        if (!driver.fetch) return;
        const response = await driver.fetch(url);
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toBe('image/png');
        expect(response.headers.get('content-disposition')).toBe(`inline; filename*=UTF-8''a%20b.png`);
        expect(await response.text()).toBe('hello');
        expect((await driver.fetch(url.replace(/.(?=&X-Amz-SignedHeaders)/, '_'))).status).toBe(403);
        const past = store.presignGet('originals', key, {
          signedAt: new Date(Date.now() - 3_600_000),
          expiresInSeconds: 3_599,
        });
        expect((await driver.fetch(past.url)).status).toBe(403);
      });

      it('gives the same string for the same moment', () => {
        const options = { signedAt: new Date(), expiresInSeconds: 5400 };
        const [a, b] = [1, 2].map(() => store.presignGet('thumbnails', 'a/b', options));
        expect(a).toEqual(b);
      });
    });

    it('checks that both buckets can be used', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });

    it('takes a body as fast as the store, not faster, and not whole into memory', async () => {
      const size = 192 * mebibyte;
      const hash = createHash('sha256');
      let peak = 0;
      const chunk = randomBytes(65_536);
      async function* body() {
        for (let sent = 0; sent < size; sent += chunk.length) {
          hash.update(chunk);
          if (sent % (8 * mebibyte) === 0) {
            peak = Math.max(peak, process.memoryUsage().rss);
            await wait(1);
          }
          yield chunk;
        }
      }
      const key = folder();
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      await store.put('originals', key, Readable.from(body()), png);
      expect(peak - before).toBeLessThan(96 * mebibyte);

      const object = await store.get('originals', key);
      const readBack = createHash('sha256');
      object!.body.on('data', (part: Buffer) => readBack.update(part));
      await once(object!.body, 'end');
      expect(readBack.digest('hex')).toBe(hash.digest('hex'));
      await store.delete('originals', [key]);
    });
  });
}

function* slices(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
