import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Image } from '../../core/contracts/image.ts';
import { type App, type Client, picture, startApp } from '../support/start-app.ts';

let app: App;

beforeAll(async () => {
  app = await startApp();
}, 120_000);
afterAll(() => app.close());

/** A tier of the test's own, with one account on it. */
async function newTier(
  name: string,
  given: { thumbnailHeights?: number[]; originalLink?: boolean; expiringLink?: boolean },
) {
  const tier = await app.useCases.tiers.create(null, { name, thumbnailHeights: [200], ...given }, null);
  const client = await app.as(`person-of-${name.toLowerCase()}`, name);
  const change = async (changes: Parameters<typeof app.useCases.tiers.update>[2]) =>
    app.useCases.tiers.update(null, tier.id, changes, null);
  return { id: tier.id, client, change };
}

async function moveTo(client: Client, tierName: string): Promise<void> {
  const { id: tierId } = await app.tier(tierName);
  await app.useCases.accounts.update(null, client.id, { tierId }, null);
}

const heightsOf = ({ thumbnails }: Image) => thumbnails.map(({ tierHeight }) => tierHeight);

/** Nobody asks for anything meanwhile but this: what is made is made by itself. */
async function untilNothingPends(client: Client, imageId: string): Promise<Image> {
  for (const deadline = Date.now() + 25_000; ; await sleep(100)) {
    const image = await client.image(imageId);
    if (image.pendingHeights.length === 0) return image;
    if (Date.now() > deadline) throw new Error(`still pending: ${image.pendingHeights}`);
  }
}

describe('a height that a tier gains', () => {
  it('is made of old images too, in the background, and pends until then', async () => {
    const { client, change } = await newTier('Gaining', {});
    const images = [
      await client.uploaded(await picture(1, 900, 600)),
      await client.uploaded(await picture(2, 600, 900)),
    ];
    expect(images.map(heightsOf)).toEqual([[200], [200]]);

    await change({ thumbnailHeights: [300, 200] });
    const first = await client.image(images[0]?.id ?? '');
    expect([...heightsOf(first), ...first.pendingHeights]).toEqual([200, 300]);
    expect(first.status).toBe('ready');

    for (const { id } of images) {
      const image = await untilNothingPends(client, id);
      expect(heightsOf(image)).toEqual([200, 300]);
      expect(image.status).toBe('ready');
      for (const thumbnail of image.thumbnails) {
        const { status, bytes } = await app.call(thumbnail.url);
        const { width, height } = await sharp(bytes).metadata();
        expect([status, width, height]).toEqual([200, thumbnail.width, thumbnail.height]);
        expect(height).toBe(thumbnail.tierHeight);
      }
    }
  }, 60_000);

  it('counts for the account that moves to the tier', async () => {
    const ada = await app.as('ada', 'Basic');
    const { id } = await ada.uploaded(await picture(3, 900, 600));
    await moveTo(ada, 'Premium');
    const now = await ada.image(id);
    expect(now.original).not.toBeNull();
    expect([...heightsOf(now), ...now.pendingHeights]).toEqual([200, 400]);
    const image = await untilNothingPends(ada, id);
    expect(heightsOf(image)).toEqual([200, 400]);

    await moveTo(ada, 'Basic');
    const back = await ada.image(id);
    expect([back.original, heightsOf(back), back.pendingHeights]).toEqual([null, [200], []]);
  }, 60_000);
});

describe('a height that a tier loses', () => {
  it('is gone from the next answer, and comes back without being made again', async () => {
    const { client, change } = await newTier('Losing', { thumbnailHeights: [100, 200] });
    const { id, thumbnails } = await client.uploaded(await picture(4, 900, 600));
    const [small] = thumbnails;

    await change({ thumbnailHeights: [200] });
    expect(heightsOf(await client.image(id))).toEqual([200]);
    expect((await client.get('/image/all')).json).toMatchObject([{ thumbnails: [{ tierHeight: 200 }] }]);
    // A URL that was handed out outlives the change: the object stays until the image goes.
    expect((await app.call(small?.url ?? '')).status).toBe(200);

    await change({ thumbnailHeights: [100, 200] });
    const image = await client.image(id);
    expect([heightsOf(image), image.pendingHeights]).toEqual([[100, 200], []]);
    expect((await app.call(image.thumbnails[0]?.url ?? '')).status).toBe(200);
  }, 60_000);

  it('changes the ETag of the list at once', async () => {
    const { client, change } = await newTier('Tagged', { thumbnailHeights: [100, 200] });
    await client.uploaded(await picture(5, 300, 300));
    const etag = (await client.get('/image/all')).headers.get('etag') ?? '';
    expect((await client.get('/image/all', { 'if-none-match': etag })).status).toBe(304);
    await change({ thumbnailHeights: [200] });
    expect((await client.get('/image/all', { 'if-none-match': etag })).status).toBe(200);
  }, 60_000);
});

describe('links of a tier that changes', () => {
  it('end with the flag and come back with it', async () => {
    const { client, change } = await newTier('Linking', { originalLink: true, expiringLink: true });
    const bytes = await picture(6, 300, 200);
    const { id } = await client.uploaded(bytes, 'linked.png');
    const { url } = await client.link({ image: id, expire_time: 600 });
    expect((await app.call(url)).bytes).toEqual(bytes);

    await change({ expiringLink: false });
    expect((await app.call(url)).status).toBe(410);
    expect((await client.post('/image/expiring/', { image: id, expire_time: 600 })).code).toBe('tier_forbids');

    await change({ expiringLink: true });
    expect((await app.call(url)).bytes).toEqual(bytes);
  }, 60_000);

  it('end when the account moves, and come back when it moves back', async () => {
    const eve = await app.as('eve', 'Enterprise');
    const bytes = await picture(7, 300, 200);
    const { id } = await eve.uploaded(bytes);
    const { url } = await eve.link({ image: id, expire_time: 600 });
    await moveTo(eve, 'Premium');
    expect((await app.call(url)).status).toBe(410);
    await moveTo(eve, 'Enterprise');
    expect((await app.call(url)).bytes).toEqual(bytes);
  }, 60_000);

  it('lead to the original only while the tier has it', async () => {
    const { client, change } = await newTier('Original', { originalLink: true });
    const bytes = await picture(8, 300, 200);
    const { id, original } = await client.uploaded(bytes);
    expect((await app.call(original?.url ?? '')).bytes).toEqual(bytes);
    await change({ originalLink: false });
    expect((await client.image(id)).original).toBeNull();
    await change({ originalLink: true });
    expect((await app.call((await client.image(id)).original?.url ?? '')).bytes).toEqual(bytes);
  }, 60_000);
});

describe('accounts of a tier that goes', () => {
  it('are counted, then moved, and get the thumbnails of their new tier', async () => {
    const { id: tierId, client } = await newTier('Going', { thumbnailHeights: [150] });
    const { id } = await client.uploaded(await picture(9, 900, 600));
    await expect(app.useCases.tiers.delete(null, tierId, null)).rejects.toMatchObject({
      code: 'in_use',
      extra: { accounts: 1 },
    });
    const { id: moveAccountsTo } = await app.tier('Premium');
    await app.useCases.tiers.delete(null, tierId, null, { moveAccountsTo });
    expect(heightsOf(await untilNothingPends(client, id))).toEqual([200, 400]);
  }, 60_000);
});
