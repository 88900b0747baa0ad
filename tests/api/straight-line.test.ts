import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import type { Image } from '../../core/contracts/image.ts';
import { type App, type Client, picture, startApp } from '../support/start-app.ts';

let app: App;
let ada: Client;

beforeAll(async () => {
  app = await startApp();
  ada = await app.as('ada', 'Enterprise');
}, 60_000);
afterAll(() => app.close());

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Looks again until it is so. */
async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean): Promise<T> {
  for (const endsAt = performance.now() + 20_000; ; await wait(50)) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > endsAt) throw new Error(`it never was: ${JSON.stringify(seen)}`);
  }
}

describe('an upload, followed to the bytes of its thumbnails', () => {
  const formats = [
    ['jpeg', 'image/jpeg', 'image/jpeg'],
    ['png', 'image/png', 'image/png'],
    ['webp', 'image/webp', 'image/webp'],
    ['gif', 'image/gif', 'image/gif'],
    ['avif', 'image/avif', 'image/avif'],
    ['tiff', 'image/tiff', 'image/jpeg'],
  ] as const;
  it.each(formats)('%s: the original byte for byte, upright thumbnails in their format', async (format, type, made) => {
    const drawing = sharp({ create: { width: 900, height: 300, channels: 3, background: '#4477aa' } });
    const bytes = await drawing.withMetadata({ orientation: 6 })[format]().toBuffer();
    const turned = format !== 'gif';
    const image = await ada.uploaded(bytes, `misleading-${format}.txt`);
    expect(image).toMatchObject({
      name: `misleading-${format}.txt`,
      contentType: type,
      bytes: bytes.length,
      sha256: sha256(bytes),
      width: turned ? 300 : 900,
      height: turned ? 900 : 300,
      status: 'ready',
      failure: null,
      pendingHeights: [],
      placeholder: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
    });
    const original = await app.call(image.original?.url ?? '');
    expect(original.headers.get('content-type')).toBe(type);
    expect(original.bytes.equals(bytes)).toBe(true);

    expect(image.thumbnails.map(({ tierHeight }) => tierHeight)).toEqual([200, 400]);
    for (const thumbnail of image.thumbnails) {
      const height = turned ? thumbnail.tierHeight : Math.min(thumbnail.tierHeight, 300);
      expect(thumbnail).toMatchObject({
        height,
        width: Math.round(turned ? height / 3 : height * 3),
        contentType: made,
      });
      const answer = await app.call(thumbnail.url);
      expect(answer.status).toBe(200);
      expect(answer.bytes.length).toBe(thumbnail.bytes);
      expect(answer.headers.get('content-type')).toBe(made);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox/);
      const inside = await sharp(answer.bytes).metadata();
      expect([inside.width, inside.height]).toEqual([thumbnail.width, thumbnail.height]);
      expect([inside.exif, inside.xmp, inside.orientation]).toEqual([undefined, undefined, undefined]);
    }
  });

  it('201 is a promise with Location; the thumbnails come without anyone asking', async () => {
    const answer = await ada.upload(await picture(3, 800, 800));
    const image = answer.json as Image;
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`${app.url}/image/${image.id}`);
    expect(image).toMatchObject({ name: `${image.id}.png`, failure: null });
    const ready = await until(
      () => ada.image(image.id),
      ({ status }) => status !== 'processing',
    );
    expect(ready).toMatchObject({ status: 'ready', pendingHeights: [] });
  });

  it('URLs are the same string for the same object within a window, for an hour at least', async () => {
    const { id } = await ada.uploaded(await picture(4));
    const [one, two] = [await ada.image(id), await ada.image(id)];
    // A window may begin between the two.
    if (one.original?.expiresAt === two.original?.expiresAt) expect(two).toEqual(one);
    const left = new Date(two.original?.expiresAt ?? 0).getTime() - Date.now();
    expect(left).toBeGreaterThanOrEqual(3_600_000);
    expect(left).toBeLessThanOrEqual(5_400_000);
  });

  it('failed only by the function’s verdict: failure is {code, message}, and the original is kept and linked', async () => {
    const whole = await picture(5, 500, 500);
    const bytes = whole.subarray(0, whole.length - 30);
    const image = await ada.uploaded(bytes, 'cut.png');
    expect(image).toMatchObject({
      status: 'failed',
      failure: { code: expect.any(String), message: expect.any(String) },
      thumbnails: [],
      pendingHeights: [],
    });
    expect((await app.call(image.original?.url ?? '')).bytes.equals(bytes)).toBe(true);
    const link = await ada.link({ image: image.id, expire_time: 300 });
    expect((await app.call(link.url)).bytes.equals(bytes)).toBe(true);
    const height = await ada.post('/image/expiring/', { image: image.id, expire_time: 300, height: 200 });
    expect([height.status, height.code]).toEqual([409, 'not_ready']);
  });

  it('of every name opens at the URL in the list', async () => {
    const bytes = await picture(6);
    for (const name of [
      'a?b#c&d%e+f g.png',
      'ü😀 日本.png',
      '"quoted".png',
      "';x.png",
      '%2e%2e%2f.png',
      '<b>.png',
      '..png',
    ]) {
      const { id } = await ada.uploaded(bytes, name);
      const { name: kept, original, thumbnails } = await ada.image(id);
      expect(kept).toBe(name);
      for (const { url } of [original, ...thumbnails].filter((each) => each !== null)) {
        const answer = await app.call(url);
        expect([name, answer.status]).toEqual([name, 200]);
        expect(answer.headers.get('content-disposition')).not.toMatch(/[\r\n]/);
      }
    }
  });

  it('a delete is 204: image, objects and links are gone', async () => {
    const image = await ada.uploaded(await picture(7), 'gone.png');
    const link = await ada.link({ image: image.id, expire_time: 300 });
    expect((await ada.call(`/image/${image.id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await ada.get(`/image/${image.id}`)).status).toBe(404);
    expect((await ada.call(`/image/${image.id}`, { method: 'DELETE' })).status).toBe(404);
    for (const { url } of [image.original, ...image.thumbnails].filter((each) => each !== null)) {
      expect((await app.call(url)).status).toBe(404);
    }
    expect((await app.call(link.url)).status).toBe(404);
    expect((await ada.get('/image/expiring/')).text).not.toContain(link.id);
    const again = await ada.uploaded(await picture(7), 'gone.png');
    expect(again.name).toBe('gone.png');
  });
});

describe('the same upload again with its Idempotency-Key', () => {
  it('is the same image under each of its paths; another body, name or query is 422', async () => {
    const bytes = await picture(8);
    const headers = { 'idempotency-key': 'holiday-1' };
    const first = await ada.upload(bytes, { query: '?filename=i.png', headers });
    const again = await ada.call('/api/images/?filename=i.png', {
      method: 'POST',
      body: bytes,
      headers: { 'content-type': 'image/png', ...headers },
    });
    expect((again.json as Image).id).toBe((first.json as Image).id);
    expect([again.status, again.headers.get('location')]).toEqual([201, first.headers.get('location')]);
    for (const [query, body] of [
      ['?filename=j.png', bytes],
      ['?filename=i.png', await picture(9)],
      ['?filename=i.png&on_conflict=error', bytes],
      ['?filename=i.png&album=2', bytes],
    ] as const) {
      const other = await ada.upload(body, { query, headers });
      expect([query, other.status, other.code]).toEqual([query, 422, 'idempotency_mismatch']);
    }
    expect((await ada.upload(bytes, { query: '?filename=i.png', headers })).status).toBe(201);
  });
});

describe('a change of a tier counts from the next request', () => {
  const change = async (name: string, changes: Parameters<App['useCases']['tiers']['update']>[2]) => {
    const tier = await app.tier(name);
    await app.useCases.tiers.update(null, tier.id, { ...changes, version: tier.version }, null);
  };

  it('a lost height is gone, its URL works; a gained one is pending, then made for old images; status settles once', async () => {
    const tier = await app.useCases.tiers.create(
      null,
      { name: 'Changing', thumbnailHeights: [50, 100], originalLink: true, expiringLink: true },
      null,
    );
    const eve = await app.as('eve', tier.name);
    const image = await eve.uploaded(await picture(10, 400, 400), 'old.png');
    expect(image.thumbnails.map(({ tierHeight }) => tierHeight)).toEqual([50, 100]);
    const tag = (await eve.get('/image/all')).headers.get('etag') ?? '';

    await change('Changing', { thumbnailHeights: [150, 100] });
    const changed = await eve.image(image.id);
    expect(changed.status).toBe('ready');
    expect(changed.thumbnails[0]?.tierHeight).toBe(100);
    expect([...changed.pendingHeights, ...changed.thumbnails.slice(1).map((each) => each.tierHeight)]).toEqual([150]);
    expect((await app.call(image.thumbnails[0]?.url ?? '')).status).toBe(200);
    expect((await eve.get('/image/all', { 'if-none-match': tag })).status).toBe(200);

    const statuses = new Set<string>();
    const made = await until(
      async () => {
        const seen = await eve.image(image.id);
        statuses.add(seen.status);
        return seen;
      },
      ({ pendingHeights }) => pendingHeights.length === 0,
    );
    expect(made.thumbnails.map(({ tierHeight }) => tierHeight)).toEqual([100, 150]);
    expect([...statuses]).toEqual(['ready']);

    await change('Changing', { thumbnailHeights: [50] });
    const back = await eve.image(image.id);
    expect(back.pendingHeights).toEqual([]);
    expect(back.thumbnails.map(({ tierHeight }) => tierHeight)).toEqual([50]);
  });

  it('links end with the flag and come back with it; original is null without originalLink', async () => {
    const tier = await app.useCases.tiers.create(
      null,
      { name: 'Flags', thumbnailHeights: [50], originalLink: true, expiringLink: true },
      null,
    );
    const eva = await app.as('eva', tier.name);
    const image = await eva.uploaded(await picture(11), 'flags.png');
    const link = await eva.link({ image: image.id, expire_time: 300 });
    await change('Flags', { originalLink: false });
    expect((await eva.image(image.id)).original).toBeNull();
    expect((await app.call(link.url)).status).toBe(200);
    await change('Flags', { expiringLink: false });
    const ended = await app.call(link.url);
    expect([ended.status, ended.code]).toEqual([410, 'link_ended']);
    const refused = await eva.post('/image/expiring/', { image: image.id, expire_time: 300 });
    expect([refused.status, refused.code]).toEqual([403, 'tier_forbids']);
    await change('Flags', { expiringLink: true });
    expect((await app.call(link.url)).status).toBe(200);
  });

  it('limits: bytes, quota and the bounds of links', async () => {
    const tier = await app.useCases.tiers.create(
      null,
      {
        name: 'Limits',
        thumbnailHeights: [50],
        expiringLink: true,
        expiringLinkMinSeconds: 10,
        expiringLinkMaxSeconds: 20,
      },
      null,
    );
    const max = await app.as('max', tier.name);
    const bytes = await picture(12);
    await max.uploaded(bytes, 'one.png');
    for (const [seconds, status] of [
      [9, 400],
      [10, 201],
      [20, 201],
      [21, 400],
    ] as const) {
      const answer = await max.post('/image/expiring/', { image: 'one.png', expire_time: seconds });
      expect([seconds, answer.status]).toEqual([seconds, status]);
      if (status === 400) expect(answer.text).toContain('10 to 20');
    }
    await change('Limits', { maxUploadBytes: bytes.length - 1 });
    expect((await max.upload(bytes)).code).toBe('too_large');
    await change('Limits', { maxUploadBytes: 1_000_000, quotaBytes: 2 * bytes.length });
    const answers = await Promise.all(Array.from({ length: 20 }, () => max.upload(bytes)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, code } of answers.filter((each) => each.status !== 201)) {
      expect([status, code]).toEqual([413, 'quota_exceeded']);
    }
    expect((await max.get('/me')).json).toMatchObject({ usage: { images: 2, bytes: 2 * bytes.length } });
  });
});

it('another account’s image is 404 everywhere, and an account that is deleted takes its images along', async () => {
  const bob = await app.as('bob', 'Enterprise');
  const cat = await bob.uploaded(await picture(13), 'cat-of-bob.png');
  const link = await bob.link({ image: cat.id, expire_time: 300 });
  for (const answer of await Promise.all([
    ada.get(`/image/${cat.id}`),
    ada.call(`/image/${cat.id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"x"}',
    }),
    ada.call(`/image/${cat.id}`, { method: 'DELETE' }),
    ada.post('/image/expiring/', { image: cat.id, expire_time: 300 }),
    ada.post('/image/expiring/', { image: 'cat-of-bob.png', expire_time: 300 }),
    ada.call(`/image/expiring/${link.id}`, { method: 'DELETE' }),
  ])) {
    expect(answer.status).toBe(404);
  }
  expect((await ada.get('/image/all?name=cat-of-bob')).json).toEqual([]);
  expect((await ada.get(`/image/expiring/?image=${cat.id}`)).json).toEqual([]);
  expect((await app.call(link.url)).status).toBe(200);

  await app.useCases.accounts.delete(null, bob.id, null);
  expect((await bob.get('/image/all')).status).toBe(401);
  expect((await app.call(link.url)).status).toBe(404);
  await until(
    () => app.call(cat.original?.url ?? ''),
    ({ status }) => status === 404,
  );
});
