import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Image } from '../../core/contracts/image.ts';
import { madePrefix, parseMadeKey, resultKey, thumbnailKey } from '../../core/storage/object-key.ts';
import { createOriginalEvent } from '../../core/thumbnails/function-event.ts';
import { createRecipe } from '../../core/thumbnails/recipe.ts';
import { createHandler } from '../../lambda/handler.ts';
import { makeThumbnails } from '../../lambda/make-thumbnails.ts';
import type { AccountModel } from '../../server/accounts/account.model.ts';
import { type BuiltFunction, buildFunction } from '../support/build-function.ts';
import { type FunctionWorld, openFunctionWorld } from '../support/function-world.ts';
import { eventually } from '../support/images-world.ts';
import type { FaultStep } from './support/faulty-store.ts';

const heights = [100, 200, 300];
const recipe = createRecipe({ thumbnailHeights: heights, thumbnailFormat: 'same' });

let built: BuiltFunction;
let faultyFile: string;
let world: FunctionWorld;
let owner: AccountModel;

beforeAll(async () => {
  built = await buildFunction();
  faultyFile = await built.bundle(join(import.meta.dirname, 'support/faulty-decoder.ts'));
});
afterAll(() => built.remove());
afterEach(() => world.close());

async function open(options: Partial<Parameters<typeof openFunctionWorld>[0]> = {}): Promise<void> {
  world = await openFunctionWorld({
    decoderFile: faultyFile,
    runtimeFile: built.runtimeFile,
    maxPixels: 100_000_000,
    tier: { thumbnailHeights: heights },
    ...options,
  });
  owner = await world.buildOwner();
}

let pictures = 0;
async function upload(bytes?: Buffer): Promise<Image> {
  pictures += 1;
  const background = { r: pictures % 256, g: 90, b: 200 };
  const picture = sharp({ create: { width: 600, height: 400, channels: 3, background } });
  return world.uploaded(owner, bytes ?? (await picture.jpeg().toBuffer()));
}

async function expectReady({ id }: { id: string }): Promise<void> {
  const image = await world.get(owner, id);
  expect(image).toMatchObject({ status: 'ready', failure: null, pendingHeights: [] });
  expect(image.thumbnails.map((thumbnail) => thumbnail.tierHeight)).toEqual(heights);
  for (const { tierHeight, bytes } of image.thumbnails) {
    const key = thumbnailKey(await world.keyOf(id), recipe, { tierHeight, contentType: 'image/jpeg' });
    const object = await world.store.get('thumbnails', key);
    const data = await buffer(object!.body);
    expect(data).toHaveLength(bytes);
    expect((await sharp(data).metadata()).height).toBe(tierHeight);
  }
  expect(await world.isDue({ id })).toBe(false);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(10);
}

async function hashesOf(keys: string[]): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const key of keys) {
    const object = await world.store.get('thumbnails', key);
    hashes[key] = createHash('sha256')
      .update(await buffer(object!.body))
      .digest('hex');
  }
  return hashes;
}

describe('a function that breaks (F15)', () => {
  beforeEach(() => open());

  const steps: FaultStep[] = [
    'before the original',
    'while it decodes',
    'before a thumbnail',
    'after a thumbnail',
    'before the result',
    'after the result',
  ];

  it.each(steps)('once, %s, makes every thumbnail the next time', async (step) => {
    const image = await upload();
    world.plan({ [image.id]: { step, act: 'break', times: 1 } });
    await world.event(image);
    await world.quiet();
    expect(world.failures).toMatchObject([{ reason: step === 'while it decodes' ? 'crash' : 'error' }]);
    expect((await world.get(owner, image.id)).status).toBe('processing');

    await world.sweepUntilDone();
    await expectReady(image);
    // A result that was written before the crash is found, not made again.
    expect(world.called(image)).toEqual({ met: 1, invocations: step === 'after the result' ? 1 : 2 });
    expect(world.failures).toHaveLength(1);
  });

  it('twice makes every thumbnail the third time', async () => {
    const image = await upload();
    world.plan({ [image.id]: { step: 'while it decodes', act: 'break', times: 2 } });
    await world.event(image);
    await world.quiet();
    await world.sweepUntilDone();
    await expectReady(image);
    expect(world.called(image).invocations).toBe(3);
  });

  it('always, is asked three times, and the image is failed; the others go on', async () => {
    const image = await upload();
    const others = await Promise.all(Array.from({ length: 6 }, () => upload()));
    world.plan({ [image.id]: { step: 'while it decodes', act: 'break', times: 1000 } });
    for (const each of [others[0], others[1], image, ...others.slice(2)]) await world.event(each!);
    await world.quiet();
    await world.sweepUntilDone();

    const failed = await world.get(owner, image.id);
    expect(failed).toMatchObject({
      status: 'failed',
      failure: { code: 'decoder_crashed' },
      thumbnails: [],
      pendingHeights: [],
    });
    expect(failed.original?.url).toMatch(/^http/);
    for (const other of others) await expectReady(other);
    expect(world.failures.map((failure) => failure.originalKey)).toEqual(Array(3).fill(await world.keyOf(image.id)));

    // Nobody asks again; deleted, nothing of it stays.
    await world.sweepAll();
    expect(world.called(image).invocations).toBe(3);
    expect((await world.request(`/image/${image.id}`, { as: owner, method: 'DELETE' })).status).toBe(204);
    expect(await world.keys('thumbnails', madePrefix(image.id))).toEqual([]);
  });
});

describe('an event that comes more than once (F16)', () => {
  it('twice, and fifty times at once, leaves the same keys, the same bytes and one row a height', async () => {
    await open({ decoderFile: built.decoderFile });
    const image = await upload();
    await world.event(image);
    await world.quiet();
    await expectReady(image);
    const key = await world.keyOf(image.id);
    const keys = await world.keys('thumbnails');
    expect(keys).toEqual([
      ...heights.map((tierHeight) => thumbnailKey(key, recipe, { tierHeight, contentType: 'image/jpeg' })),
      resultKey(key, recipe),
    ]);
    const thumbnails = keys.filter((each) => !parseMadeKey(each)?.isResult);
    const hashes = await hashesOf(thumbnails);
    const first = await world.get(owner, image.id);

    for (let again = 0; again < 2; again += 1) {
      await world.event(image);
      await world.quiet();
    }
    await Promise.all(Array.from({ length: 50 }, () => world.event(image)));
    // The runner asks once for what it is asked for fifty times; other runners know nothing of it.
    const handler = createHandler({
      store: world.store,
      makeThumbnails,
      maxPixels: 1_000_000,
      maxOriginalBytes: 1_000_000,
      log: () => {},
    });
    const event = createOriginalEvent('originals', key);
    const answers = await Promise.all(Array.from({ length: 50 }, () => handler(event)));
    await Promise.all(answers.flatMap((answer) => answer.results).map(world.applyResult));
    await world.quiet();

    expect(await world.keys('thumbnails')).toEqual(keys);
    expect(await hashesOf(thumbnails)).toEqual(hashes);
    expect(await world.models.Thumbnail.count({ where: { imageId: image.id } })).toBe(heights.length);
    await expectReady(image);
    // What a person sees did not change at all.
    expect(await world.get(owner, image.id)).toEqual(first);
  });
});

describe('an image that is deleted', () => {
  async function remove(image: Image): Promise<void> {
    expect((await world.request(`/image/${image.id}`, { as: owner, method: 'DELETE' })).status).toBe(204);
  }

  async function expectGone(image: Image): Promise<void> {
    expect(await world.keys('originals')).toEqual([]);
    expect(await world.keys('thumbnails')).toEqual([]);
    expect((await world.request(`/image/${image.id}`, { as: owner })).status).toBe(404);
    expect(await world.models.Image.count()).toBe(0);
    expect(await world.models.Thumbnail.count()).toBe(0);
  }

  it('before its event comes, hours late and more than once, stays deleted (F17)', async () => {
    await open();
    const image = await upload();
    await remove(image);
    for (let again = 0; again < 3; again += 1) {
      await world.event(image);
      await world.quiet();
      await expectGone(image);
    }
    expect(world.failures).toEqual([]);
    expect(world.called(image).invocations).toBe(3);
  });

  it.each<FaultStep>(['before a thumbnail', 'after a thumbnail', 'before the result', 'after the result'])(
    'while the function works on it, %s, stays deleted (F17)',
    async (step) => {
      await open();
      const image = await upload();
      world.plan({ [image.id]: { step, act: 'pause', times: 1 } });
      await world.event(image);
      await eventually(async () => expect(world.called(image)).toMatchObject({ met: 1 }));
      await remove(image);
      world.letGo();
      await world.quiet();
      await expectGone(image);
      // The function saw it by itself; nobody had to clean up after it.
      expect(world.results).toEqual([]);
    },
  );

  it.each<FaultStep>(['after a thumbnail', 'after the result'])(
    'while the function works on it and crashes, %s, is gone after the next sweep (F17)',
    async (step) => {
      await open();
      const image = await upload();
      world.plan({ [image.id]: { step, act: 'break', times: 1 } });
      const key = await world.keyOf(image.id);
      await world.event(image);
      await world.quiet();
      expect(await world.keys('thumbnails')).not.toEqual([]);
      const late = await Promise.all(
        (await world.keys('thumbnails')).map(async (each) => {
          const object = await world.store.get('thumbnails', each);
          return { key: each, contentType: object!.contentType, data: await buffer(object!.body) };
        }),
      );
      await remove(image);
      // Writes that were on their way when it was deleted.
      for (const { key: each, contentType, data } of late)
        await world.store.put('thumbnails', each, data, { contentType });
      await world.applyResult({ resultKey: resultKey(key, recipe) });
      await world.sweepAll();
      await expectGone(image);
    },
  );

  it('stays deleted when the deletion comes before the event, and the event of its result last (F18)', async () => {
    await open();
    const image = await upload();
    const key = await world.keyOf(image.id);
    const results: Awaited<ReturnType<FunctionWorld['applyResult']>>[] = [];
    await remove(image);
    await world.runner.invoke({ originalKey: key, recipe });
    await world.quiet();
    results.push(await world.applyResult({ resultKey: resultKey(key, recipe) }));
    await expectGone(image);

    // The result itself comes late, as from a function that saw the original before it was deleted.
    await world.store.put('thumbnails', resultKey(key, recipe), await resultOfNothing(key), {
      contentType: 'application/json',
    });
    results.push(await world.applyResult({ resultKey: resultKey(key, recipe) }));
    expect(results.map((result) => result.outcome)).toEqual(['deleted', 'deleted']);
    await expectGone(image);
  });

  async function resultOfNothing(originalKey: string): Promise<Buffer> {
    const failure = { code: 'undecodable', message: 'It is damaged.' };
    const madeAt = new Date().toISOString();
    return Buffer.from(JSON.stringify({ version: 1, originalKey, recipe, madeAt, status: 'failed', failure }));
  }
});

describe('an image that takes the function too much (F20)', () => {
  it('of time is failed after three attempts, and the others are made while it hangs', async () => {
    await open({ timeoutSeconds: 4 });
    const bomb = await upload();
    const others = await Promise.all(Array.from({ length: 8 }, () => upload()));
    world.plan({ [bomb.id]: { step: 'while it decodes', act: 'hang', times: 1000 } });
    for (const each of [bomb, ...others]) await world.event(each);
    await until(() => world.failures.length > 0);
    const during = await Promise.all(others.map(async ({ id }) => (await world.get(owner, id)).status));
    expect(during).toContain('ready');
    await world.quiet();
    for (const other of others) await expectReady(other);
    await world.sweepUntilDone();
    expect(await world.get(owner, bomb.id)).toMatchObject({ status: 'failed', failure: { code: 'decoder_crashed' } });
    expect(world.failures.map(({ reason }) => reason)).toEqual(Array(3).fill('timeout'));
    await world.sweepAll();
    expect(world.called(bomb).invocations).toBe(3);
  });

  it('of memory is failed after three attempts, the others are not touched', async () => {
    await open({ decoderFile: built.decoderFile, memoryMegabytes: 320 });
    // 288 MB of pixels in a file of some 300 KB: what is interlaced has to be decoded whole.
    const bomb = await upload(
      await sharp({ create: { width: 6000, height: 6000, channels: 4, background: '#12345678' } })
        .toColourspace('rgb16')
        .png({ progressive: true, compressionLevel: 9 })
        .toBuffer(),
    );
    expect(bomb.bytes).toBeLessThan(5_000_000);
    const others = await Promise.all(Array.from({ length: 8 }, () => upload()));
    for (const each of [others[0]!, bomb, ...others.slice(1)]) await world.event(each);
    await world.quiet();
    await world.sweepUntilDone();
    expect(await world.get(owner, bomb.id)).toMatchObject({
      status: 'failed',
      failure: { code: 'decoder_crashed' },
      thumbnails: [],
    });
    expect(world.failures).toHaveLength(3);
    for (const { originalKey, reason } of world.failures) {
      expect({ originalKey, reason }).toEqual({ originalKey: await world.keyOf(bomb.id), reason: 'out_of_memory' });
    }
    for (const other of others) await expectReady(other);
  });
});

describe('an original that is taken in and cannot be decoded (F22)', () => {
  it.each<[string, (picture: Buffer) => Buffer]>([
    ['is cut off', (picture) => picture.subarray(0, picture.length / 2)],
    [
      'has noise where its pixels should be',
      (picture) => picture.fill(0x5a, picture.indexOf('IDAT') + 4, picture.length - 12),
    ],
  ])('that %s is failed at once, visibly, with a link to the original and no dead one', async (_, damage) => {
    await open({ decoderFile: built.decoderFile });
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#888', noise } })
      .png()
      .toBuffer();
    const image = await upload(damage(picture));
    await world.event(image);
    await world.quiet();

    const [listed] = (await (await world.request('/image/all', { as: owner })).json()) as Image[];
    expect(listed).toMatchObject({
      id: image.id,
      status: 'failed',
      failure: { code: 'undecodable' },
      thumbnails: [],
      pendingHeights: [],
      placeholder: null,
    });
    expect(listed?.failure?.message).not.toMatch(/vips|png|libspng|\/|\n/i);
    const original = await world.store.get('originals', await world.keyOf(image.id));
    expect(
      createHash('sha256')
        .update(await buffer(original!.body))
        .digest('hex'),
    ).toBe(image.sha256);
    expect(world.failures).toEqual([]);
    expect(await world.isDue(image)).toBe(false);
    expect(await world.keys('thumbnails')).toEqual([resultKey(await world.keyOf(image.id), recipe)]);
  });
});
