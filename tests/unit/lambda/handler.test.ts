import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '../../../core/errors.ts';
import { createDiskObjectStore } from '../../../core/storage/disk-object-store.ts';
import { originalKey, resultKey, thumbnailKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { putManyOf } from '../../../core/storage/put-many.ts';
import { createOriginalEvent, type S3Event } from '../../../core/thumbnails/function-event.ts';
import { createRecipe, serializeRecipe } from '../../../core/thumbnails/recipe.ts';
import { thumbnailResultSchema } from '../../../core/thumbnails/thumbnail-result.ts';
import { createHandler, type HandlerDeps } from '../../../lambda/handler.ts';
import { makeThumbnails } from '../../../lambda/make-thumbnails.ts';
import { makePicture } from '../core/thumbnails/pictures.ts';

const key = originalKey('0199aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee', 'ab'.repeat(16));
const otherKey = originalKey('0199aaaa-bbbb-7ccc-8ddd-ffffffffffff', 'cd'.repeat(16));
const recipe = createRecipe({ thumbnailHeights: [16, 24], thumbnailFormat: 'same' });
const pngKey = (tierHeight: number) => thumbnailKey(key, recipe, { tierHeight, contentType: 'image/png' });
const event = createOriginalEvent('originals', key);

let directory: string;
let store: ObjectStore;
let logged: Record<string, unknown>[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'darkroom-handler-'));
  store = createDiskObjectStore({
    directory,
    presign: { publicUrl: 'http://localhost', accessKeyId: 'a', secretAccessKey: 'b' },
  });
  logged = [];
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

function handlerWith(changes: Partial<HandlerDeps> = {}) {
  return createHandler({
    store,
    makeThumbnails,
    maxPixels: 1_000_000,
    maxOriginalBytes: 1_000_000,
    log: (fields) => logged.push(fields),
    now: () => new Date('2026-01-02T03:04:05Z'),
    ...changes,
  });
}

async function putOriginal(at = key, bytes: Uint8Array | null = null): Promise<void> {
  const body = bytes ?? (await makePicture('PNG', { width: 48, height: 32 }));
  const metadata = { recipe: serializeRecipe(recipe) };
  await store.put('originals', at, body, { contentType: 'image/png', metadata });
}

async function keysIn(bucket: 'originals' | 'thumbnails'): Promise<string[]> {
  const keys = [];
  for await (const { key: found } of store.list(bucket, '')) keys.push(found);
  return keys;
}

async function resultAt(at: string) {
  const object = await store.get('thumbnails', at);
  if (!object) throw new Error('no result');
  return thumbnailResultSchema.parse(JSON.parse((await buffer(object.body)).toString()));
}

/** The store, with one of its methods put in another's place. */
function storeWith(changes: Partial<ObjectStore>): ObjectStore {
  return { ...store, ...changes, putMany: putManyOf(changes.put ?? store.put) };
}

describe('the thumbnail function', () => {
  it('makes what the metadata says, then writes one result', async () => {
    await putOriginal();
    const answer = await handlerWith()(event);
    const result = resultKey(key, recipe);
    expect(answer).toEqual({ results: [{ originalKey: key, resultKey: result }], missing: [] });
    expect(await keysIn('thumbnails')).toEqual([pngKey(16), pngKey(24), result]);
    const written = await resultAt(result);
    expect(written).toMatchObject({
      status: 'made',
      originalKey: key,
      recipe,
      madeAt: '2026-01-02T03:04:05.000Z',
      original: { width: 48, height: 32 },
      thumbnails: [
        { tierHeight: 16, width: 24, height: 16, contentType: 'image/png', key: pngKey(16) },
        { tierHeight: 24, width: 36, height: 24, contentType: 'image/png', key: pngKey(24) },
      ],
    });
    if (written.status !== 'made') throw new Error('not made');
    for (const thumbnail of written.thumbnails) {
      expect(await store.head('thumbnails', thumbnail.key)).toMatchObject({
        bytes: thumbnail.bytes,
        contentType: 'image/png',
      });
    }
  });

  it('makes what the event says before what the metadata says', async () => {
    await putOriginal();
    const asked = createRecipe({ thumbnailHeights: [20], thumbnailFormat: 'webp' });
    await handlerWith()(createOriginalEvent('originals', key, asked));
    expect(await keysIn('thumbnails')).toEqual([
      thumbnailKey(key, asked, { tierHeight: 20, contentType: 'image/webp' }),
      resultKey(key, asked),
    ]);
  });

  it('ends in the same state however often the event comes', async () => {
    await putOriginal();
    const handler = handlerWith();
    await handler(event);
    const before = await Promise.all((await keysIn('thumbnails')).map((each) => store.head('thumbnails', each)));
    await Promise.all([handler(event), handler(event), handler(event)]);
    const after = await Promise.all((await keysIn('thumbnails')).map((each) => store.head('thumbnails', each)));
    expect(after.map((info) => info?.etag)).toEqual(before.map((info) => info?.etag));
  });

  it('writes the result after the last thumbnail', async () => {
    await putOriginal();
    const order: string[] = [];
    const slow = storeWith({
      put: async (bucket, at, body, options) => {
        await new Promise((resolve) => setTimeout(resolve, at === pngKey(16) ? 30 : 0));
        const info = await store.put(bucket, at, body, options);
        order.push(at);
        return info;
      },
    });
    await handlerWith({ store: slow })(event);
    expect(order.at(-1)).toBe(resultKey(key, recipe));
    expect(order).toHaveLength(3);
  });

  it('answers a picture that cannot be decoded with a result that says so', async () => {
    await putOriginal(key, Buffer.from('no image at all, whatever it says'));
    const { results } = await handlerWith()(event);
    expect(await resultAt(results[0]?.resultKey ?? '')).toMatchObject({
      status: 'failed',
      failure: { code: 'undecodable' },
    });
    expect(logged).toHaveLength(1);
  });

  it('reads nothing into memory that is too large for it', async () => {
    await putOriginal(key, Buffer.alloc(5_000));
    const { results } = await handlerWith({ maxOriginalBytes: 4_999 })(event);
    const result = await resultAt(results[0]?.resultKey ?? '');
    expect(result).toMatchObject({ status: 'failed', failure: { code: 'undecodable' } });
    expect(result.status === 'failed' && result.failure.message).toContain('4999 bytes');
  });

  it('says which original is not there', async () => {
    expect(await handlerWith()(event)).toEqual({ results: [], missing: [key] });
  });

  it('removes what it wrote when the original went meanwhile', async () => {
    await putOriginal();
    const handler = handlerWith({
      makeThumbnails: async (input) => {
        await store.delete('originals', [key]);
        return makeThumbnails(input);
      },
    });
    expect(await handler(event)).toEqual({ results: [], missing: [key] });
    expect(await keysIn('thumbnails')).toEqual([]);
  });

  it.each([
    ['another kind of event', { eventName: 'ObjectRemoved:Delete' }, key],
    ['a key of its own results', {}, resultKey(key, recipe)],
    ['a key that is no original', {}, 'holiday/photo.jpg'],
    ['a key that cannot be decoded', {}, '%zz'],
  ])('passes over %s', async (_, change, at) => {
    await putOriginal();
    const record = { ...event.Records[0]!, ...change, s3: { bucket: { name: 'originals' }, object: { key: at } } };
    expect(await handlerWith()({ Records: [record] })).toEqual({ results: [], missing: [] });
    expect(await keysIn('thumbnails')).toEqual([]);
  });

  it.each<[string, unknown]>([
    ['the test event of a new notification', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'originals' }],
    ['a record of another service', { Records: [{ eventSource: 'aws:sqs', body: '{}' }] }],
    ['no record at all', { Records: [] }],
  ])('passes over %s', async (_, other) => {
    expect(await handlerWith()(other as S3Event)).toEqual({ results: [], missing: [] });
  });

  it('takes keys and event names as S3 writes them', async () => {
    await putOriginal();
    const record = {
      eventName: 's3:ObjectCreated:CompleteMultipartUpload',
      s3: { bucket: { name: 'anything' }, object: { key: encodeURIComponent(key) } },
    };
    expect((await handlerWith()({ Records: [record] })).results).toHaveLength(1);
  });

  it('does nothing for an original that says no recipe, and says so', async () => {
    await store.put('originals', key, Buffer.from('x'), { contentType: 'image/png' });
    expect(await handlerWith()(event)).toEqual({ results: [], missing: [] });
    expect(logged[0]).toMatchObject({ originalKey: key });
  });

  it('throws when the store fails, after the other records are done', async () => {
    await putOriginal();
    await putOriginal(otherKey);
    const fault = new AppError('unavailable', 'The store is away.');
    const broken = storeWith({
      get: async (bucket, at, options) => {
        if (at === key) throw fault;
        return store.get(bucket, at, options);
      },
    });
    const both = { Records: [...event.Records, ...createOriginalEvent('originals', otherKey).Records] };
    await expect(handlerWith({ store: broken })(both)).rejects.toBe(fault);
    expect(await keysIn('thumbnails')).toContain(resultKey(otherKey, recipe));
  });

  it('makes only what failed when it is called again with several records', async () => {
    await putOriginal();
    await putOriginal(otherKey);
    const both = { Records: [...event.Records, ...createOriginalEvent('originals', otherKey).Records] };
    const broken = storeWith({
      put: async (bucket, at, body, options) => {
        if (at.startsWith(otherKey.slice(0, 36))) throw new AppError('unavailable', 'The store is away.');
        return store.put(bucket, at, body, options);
      },
    });
    await expect(handlerWith({ store: broken })(both)).rejects.toThrow('away');
    let made = 0;
    const counting = handlerWith({
      makeThumbnails: (input) => {
        made += 1;
        return makeThumbnails(input);
      },
    });
    const { results } = await counting(both);
    expect(results.map(({ originalKey: each }) => each)).toEqual([key, otherKey]);
    expect(made).toBe(1);
    await counting(event);
    expect(made).toBe(2);
  });

  it('ends in the same state whichever of two events comes first, also when the older one says it is newer', async () => {
    await putOriginal();
    const asked = createOriginalEvent(
      'originals',
      key,
      createRecipe({ thumbnailHeights: [24, 30], thumbnailFormat: 'webp' }),
    );
    const uploaded = createOriginalEvent('originals', key);
    uploaded.Records[0]!.s3.object.sequencer = '00FF';
    asked.Records[0]!.s3.object.sequencer = '0001';
    const state = async () => {
      const infos = [];
      for (const each of await keysIn('thumbnails')) infos.push([each, (await store.head('thumbnails', each))?.etag]);
      return infos;
    };
    const handler = handlerWith();
    await handler(uploaded);
    await handler(asked);
    const before = await state();
    await store.delete('thumbnails', await keysIn('thumbnails'));
    await handler(asked);
    await handler(uploaded);
    expect(await state()).toEqual(before);
    expect(before).toHaveLength(6);
  });

  it('throws rather than write a result when a thumbnail cannot be written', async () => {
    await putOriginal();
    const broken = storeWith({
      put: async (bucket, at, body, options) => {
        if (at === pngKey(24)) throw new AppError('unavailable', 'The store is full.');
        return store.put(bucket, at, body, options);
      },
    });
    await expect(handlerWith({ store: broken })(event)).rejects.toThrow('full');
    expect(await keysIn('thumbnails')).not.toContain(resultKey(key, recipe));
  });

  it('has nothing on its way any more when it throws', async () => {
    await putOriginal();
    const order: string[] = [];
    const uneven = storeWith({
      put: async (bucket, at, body, options) => {
        if (at === pngKey(24)) throw new AppError('unavailable', 'The store is full.');
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push('written');
        return store.put(bucket, at, body, options);
      },
    });
    await handlerWith({ store: uneven })(event).catch(() => order.push('thrown'));
    expect(order).toEqual(['written', 'thrown']);
  });

  it.each<[string, (never: Promise<never>) => Partial<ObjectStore>]>([
    ['get', (never) => ({ get: () => never })],
    ['put', (never) => ({ put: () => never })],
    ['head', (never) => ({ head: () => never })],
  ])('blames the store, before its own time is up, when %s hangs', async (_, change) => {
    await putOriginal();
    const hanging = storeWith(change(new Promise<never>(() => {})));
    const startedAt = Date.now();
    const context = { getRemainingTimeInMillis: () => 2_300 };
    await expect(handlerWith({ store: hanging })(event, context)).rejects.toMatchObject({ code: 'unavailable' });
    expect(Date.now() - startedAt).toBeLessThan(2_000);
  });

  it('blames the store when a body stops in the middle', async () => {
    await putOriginal();
    const stalled = storeWith({
      get: async (bucket, at, options) => {
        const object = await store.get(bucket, at, options);
        object?.body.destroy();
        const body = new Readable({ read() {} });
        body.push(Buffer.from('the first bytes'));
        return object && { ...object, body };
      },
    });
    const context = { getRemainingTimeInMillis: () => 2_300 };
    await expect(handlerWith({ store: stalled })(event, context)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['shorter', -1],
    ['longer', 1],
  ])('throws when a body is %s than the store said', async (_, difference) => {
    await putOriginal();
    const wrong = storeWith({
      get: async (bucket, at, options) => {
        const object = await store.get(bucket, at, options);
        return object && { ...object, bytes: object.bytes - difference };
      },
    });
    await expect(handlerWith({ store: wrong })(event)).rejects.toThrow('than the store said');
    expect(await keysIn('thumbnails')).toEqual([]);
  });
});
