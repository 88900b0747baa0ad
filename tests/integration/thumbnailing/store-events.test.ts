import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOriginalEvent } from '../../../core/thumbnails/function-event.ts';
import { createRecipe } from '../../../core/thumbnails/recipe.ts';
import { hearOfObjectsOf } from '../../../server/thumbnailing/hear-of-objects.ts';
import { storeEventsRoutes } from '../../../server/thumbnailing/store-events.routes.ts';
import type { TierModel } from '../../../server/tiers/tier.model.ts';
import { type ServedRoutes, serveRoutes } from '../../support/serve-routes.ts';
import { createThumbnailingWorld, type ThumbnailingWorld } from '../../support/thumbnailing-world.ts';

const token = 'a1b2c3d4e5f60718293a4b5c';
const bearer = `Bearer ${token}`;
const basic = (password: string) => `Basic ${Buffer.from(`events:${password}`).toString('base64')}`;

describe('the events of an S3 server', () => {
  let world: ThumbnailingWorld;
  let served: ServedRoutes;
  let tier: TierModel;

  beforeAll(async () => {
    world = await createThumbnailingWorld();
    tier = await world.buildTier({ isDefault: true, thumbnailHeights: [200] });
    const buckets = { originals: 'my-originals', thumbnails: 'my-thumbnails' };
    const hearOfObjects = hearOfObjectsOf({ ...world, onResult: world.applyResult, buckets });
    served = await serveRoutes(storeEventsRoutes({ hearOfObjects, token }));
  });
  afterAll(async () => {
    await served.close();
    await world.close();
  });
  beforeEach(() => {
    world.invoker.asked = [];
    world.store.isAway = false;
  });

  const upload = async () => world.buildImage(await world.buildAccount(tier));
  async function post(message: unknown, authorization: string | null = bearer): Promise<number> {
    const answer = await fetch(`${served.url}/s3-events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...(authorization && { authorization }) },
      body: typeof message === 'string' ? message : JSON.stringify(message),
    });
    await answer.body?.cancel();
    return answer.status;
  }
  const created = (bucket: string, key: string) => createOriginalEvent(bucket, key);
  const asked = () => world.invoker.asked.map((request) => request.originalKey);

  it.each([
    ['no token', null],
    ['another token', `${bearer}x`],
    ['another password', basic('events')],
    ['the token as the name', `Basic ${Buffer.from(`${token}:`).toString('base64')}`],
  ])('are refused with %s, before they are read', async (_name, authorization) => {
    const image = await upload();
    expect(await post(created('my-originals', image.objectKey), authorization)).toBe(401);
    expect(await post('{', authorization)).toBe(401);
    expect(asked()).toEqual([]);
  });

  it('are taken with the token as Bearer, or as the password in the address', async () => {
    for (const authorization of [bearer, basic(token)]) {
      const image = await upload();
      expect(await post(created('my-originals', image.objectKey), authorization)).toBe(204);
      expect(asked()).toContain(image.objectKey);
    }
  });

  it('have the function asked for an original whose image waits, with the recipe that lies beside it', async () => {
    const image = await upload();
    await post(created('my-originals', image.objectKey));
    expect(world.invoker.asked).toEqual([{ originalKey: image.objectKey, ownerId: image.ownerId }]);
  });

  it('bring a result in at once, and ten times no more than once', async () => {
    const image = await upload();
    const { resultKey } = await world.writeResult(image.objectKey, createRecipe(tier));
    for (let time = 0; time < 10; time += 1) expect(await post(created('my-thumbnails', resultKey))).toBe(204);
    expect(await image.reload()).toMatchObject({ status: 'ready', workDueAt: null });
    expect(await world.models.ImageEvent.count({ where: { imageId: image.id } })).toBe(1);
  });

  it('say nothing of images that have all, are unknown, still upload or failed, of other buckets, and of deletions', async () => {
    const [ready, uploading, failed, other, deleted] = [
      await upload(),
      await upload(),
      await upload(),
      await upload(),
      await upload(),
    ];
    await world.applyResult(await world.writeResult(ready.objectKey, createRecipe(tier)));
    await uploading.update({ state: 'uploading', uploadLeaseUntil: new Date(Date.now() + 60_000) });
    await failed.update({ status: 'failed', failureCode: 'undecodable', failureMessage: 'No.' });
    const { resultKey } = await world.writeResult(other.objectKey, createRecipe(tier));
    const removal = created('my-originals', deleted.objectKey);
    for (const message of [
      created('my-originals', ready.objectKey),
      created('my-originals', uploading.objectKey),
      created('my-originals', failed.objectKey),
      created('my-originals', `${ready.objectKey.slice(0, -1)}0`),
      created('my-originals', '../../etc/passwd'),
      created('other-bucket', other.objectKey),
      created('my-originals', resultKey),
      { Records: removal.Records.map((record) => ({ ...record, eventName: 's3:ObjectRemoved:Delete' })) },
      { Service: 'S3', Event: 's3:TestEvent', Bucket: 'Test-Bucket' },
      { Records: 'none' },
    ]) {
      expect(await post(message)).toBe(204);
    }
    expect(asked()).toEqual([]);
    expect(await other.reload()).toMatchObject({ status: 'processing' });
  });

  it('can be sent again by who does that, when the store is away', async () => {
    const image = await upload();
    const { resultKey } = await world.writeResult(image.objectKey, createRecipe(tier));
    world.store.isAway = true;
    expect(await post(created('my-thumbnails', resultKey))).toBe(503);
    world.store.isAway = false;
    expect(await post(created('my-thumbnails', resultKey))).toBe(204);
    expect(await image.reload()).toMatchObject({ status: 'ready' });
  });
});
