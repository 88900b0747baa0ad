import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ImageModel } from '../../../server/images/image.model.ts';
import { recordFailureOf } from '../../../server/thumbnailing/record-failure.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

describe('recordFailure', () => {
  let world: ThumbnailingWorld;
  let image: ImageModel;
  let recordFailure: ReturnType<typeof recordFailureOf>;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    recordFailure = recordFailureOf(world);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    image = await world.buildImage(await world.buildAccount(await world.buildTier()));
  });

  const crash = () => recordFailure({ originalKey: image.objectKey, reason: 'crash' });
  const eventsOf = () => world.models.ImageEvent.count({ where: { imageId: image.id } });

  it.each(['crash', 'timeout', 'out_of_memory'] as const)(
    'settles an image as failed at the third %s',
    async (reason) => {
      for (let count = 1; count <= 2; count += 1) {
        await recordFailure({ originalKey: image.objectKey, reason });
        await image.reload();
        expect(image).toMatchObject({ status: 'processing', crashCount: count });
        expect(image.workDueAt).not.toBeNull();
      }
      await recordFailure({ originalKey: image.objectKey, reason });
      await image.reload();
      expect(image).toMatchObject({ status: 'failed', failureCode: 'decoder_crashed', workDueAt: null });
      expect(await eventsOf()).toBe(1);
    },
  );

  it('counts exactly when failures come at the same time', async () => {
    await Promise.all([crash(), crash()]);
    expect((await image.reload()).crashCount).toBe(2);
    await Promise.all([crash(), crash(), crash()]);
    expect(await image.reload()).toMatchObject({ crashCount: 5, status: 'failed' });
    expect(await eventsOf()).toBe(1);
  });

  it('never fails an image because the function or the store is away', async () => {
    for (let count = 0; count < 20; count += 1) {
      await recordFailure({ originalKey: image.objectKey, reason: 'error', detail: 'the store is away' });
    }
    expect(await image.reload()).toMatchObject({ status: 'processing', crashCount: 0 });
  });

  it('asks sooner again after the first crash than after the second', async () => {
    const dueIn = async () => ((await image.reload()).workDueAt?.getTime() ?? Number.NaN) - Date.now();
    await crash();
    expect(await dueIn()).toBeLessThan(11_000);
    await image.update({ workDueAt: new Date(Date.now() + 3_600_000) });
    await crash();
    expect(await dueIn()).toBeGreaterThan(50_000);
    expect(await dueIn()).toBeLessThan(61_000);
  });

  it('keeps an image ready that crashes over a further height, and asks no more', async () => {
    await image.update({ status: 'ready' });
    for (let count = 0; count < 3; count += 1) await crash();
    expect(await image.reload()).toMatchObject({ status: 'ready', failureCode: null, workDueAt: null });
  });

  it('shrugs at images that are gone', async () => {
    await image.destroy();
    await expect(crash()).resolves.toBeUndefined();
  });

  it('gives way to thumbnails that come after all', async () => {
    for (let count = 0; count < 3; count += 1) await crash();
    await world.applyResult(await world.writeResult(image.objectKey, { version: 1, heights: [200], format: 'same' }));
    expect(await image.reload()).toMatchObject({ status: 'ready', failureCode: null });
  });
});
