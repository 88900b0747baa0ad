import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { AppError } from '../../../core/errors.ts';
import type { AccountModel } from '../../../server/accounts/account.model.ts';
import type { ExpiringLinkModel } from '../../../server/links/expiring-link.model.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { buildStoredImage, buildThumbnail } from '../../support/builders/build-stored-image.ts';
import { buildTier } from '../../support/builders/build-tier.ts';
import { type LinksWorld, openLinksWorld } from '../../support/links-world.ts';

let world: LinksWorld;
let owner: AccountModel;

beforeAll(async () => {
  world = await openLinksWorld();
  owner = await world.buildOwner();
});
afterEach(() => {
  for (const name of Object.keys(world.faults)) Reflect.deleteProperty(world.faults, name);
});
afterAll(() => world.close());

interface Given extends Partial<Pick<ExpiringLinkModel, 'height' | 'maxUses' | 'expiresAt' | 'ownerId'>> {
  bytes?: Buffer;
  name?: string;
  thumbnail?: Buffer;
}

async function buildLink({ bytes = randomBytes(2048), name, thumbnail, ...attributes }: Given = {}) {
  const ownerId = attributes.ownerId ?? owner.id;
  const image = await buildStoredImage(world, { ownerId, bytes, ...(name ? { name } : {}) });
  if (thumbnail) await buildThumbnail(world, { image, bytes: thumbnail });
  const link = await world.models.ExpiringLink.create({
    id: uuidV7(),
    imageId: image.id,
    ownerId,
    expireTimeSeconds: 300,
    expiresAt: new Date(Date.now() + 300_000),
    ...attributes,
  });
  return { image, link, bytes, path: `/e/${world.tokens.tokenOf(link.id)}` };
}

const open = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  world.request(path, { headers, method });
const codeOf = async (answer: Response) => ((await answer.json()) as { code: string }).code;
const usesOf = async (link: ExpiringLinkModel) => (await link.reload()).uses;

describe('GET /e/{token}', () => {
  it('gives the bytes to anybody, as what they are and as nothing more', async () => {
    const { bytes, path } = await buildLink({ name: 'Zoë "1".png' });
    const answer = await open(path);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'content-type': 'image/png',
      'content-length': String(bytes.length),
      'accept-ranges': 'bytes',
      'cache-control': 'private, no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy':
        "sandbox; default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
      'content-disposition': `inline; filename="Zoe _1_.png"; filename*=UTF-8''Zo%C3%AB%20%221%22.png`,
    });
    expect((await open(`${path}/`)).status).toBe(200);
    expect((await open(`/api${path}`)).status).toBe(200);
  });

  it('gives the thumbnail of the height that was asked for, in the tier’s format before another', async () => {
    const thumbnail = randomBytes(700);
    const { path, image } = await buildLink({ height: 200, thumbnail, name: 'cat.png' });
    const answer = await open(path);
    expect(Buffer.from(await answer.arrayBuffer()).equals(thumbnail)).toBe(true);
    expect(answer.headers.get('content-disposition')).toMatch(/^inline; filename="cat.*200/);
    const newer = randomBytes(300);
    await world.store.put('thumbnails', `${image.objectKey}/200-webp.webp`, newer, { contentType: 'image/webp' });
    await world.models.Thumbnail.create({
      imageId: image.id,
      tierHeight: 200,
      format: 'webp',
      width: 3,
      height: 2,
      bytes: 300,
      contentType: 'image/webp',
      objectKey: `${image.objectKey}/200-webp.webp`,
    });
    expect(Buffer.from(await (await open(path)).arrayBuffer()).equals(thumbnail)).toBe(true);
    await world.models.Thumbnail.destroy({ where: { imageId: image.id, format: 'same' } });
    const other = await open(path);
    expect(other.headers.get('content-type')).toBe('image/webp');
    expect(Buffer.from(await other.arrayBuffer()).equals(newer)).toBe(true);
  });

  it('honours ranges and conditions, and counts a GET that is answered 200 or 206 alone', async () => {
    const { bytes, path, link } = await buildLink({ maxUses: 4 });
    const head = await open(path, {}, 'HEAD');
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '2048']);
    const etag = head.headers.get('etag')!;
    expect((await open(path, { 'if-none-match': etag })).status).toBe(304);
    expect((await open(path, { 'if-none-match': `"other", W/${etag}` })).status).toBe(304);
    expect((await open(path, { 'if-modified-since': new Date(Date.now() + 1000).toUTCString() })).status).toBe(304);
    const condition = await open(path, { 'if-match': '"other"' });
    expect([condition.status, await codeOf(condition)]).toEqual([412, 'precondition_failed']);
    const past = await open(path, { range: 'bytes=2048-' });
    expect([past.status, past.headers.get('content-range'), await codeOf(past)]).toEqual([
      416,
      'bytes */2048',
      'range_not_satisfiable',
    ]);
    expect(await usesOf(link)).toBe(0);

    const part = await open(path, { range: 'bytes=10-19' });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 10-19/2048']);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    const tail = await open(path, { range: 'bytes=-5', 'if-range': etag });
    expect(Buffer.from(await tail.arrayBuffer()).equals(bytes.subarray(-5))).toBe(true);
    expect((await open(path, { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
    expect(await usesOf(link)).toBe(3);
    expect((await open(path, { range: 'bytes=0-1,3-4' })).status).toBe(200);
    expect(await usesOf(link)).toBe(4);
    for (const method of ['GET', 'HEAD']) expect((await open(path, {}, method)).status).toBe(410);
    expect((await open(path, { 'if-none-match': etag })).status).toBe(410);
  });

  it('gives exactly max_uses answers to 50 that ask at once', async () => {
    const { path, link, bytes } = await buildLink({ maxUses: 7 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => open(path)));
    const statuses = answers.map((answer) => answer.status).sort();
    expect(statuses).toEqual([...Array(7).fill(200), ...Array(43).fill(410)]);
    const bodies = await Promise.all(answers.filter(({ status }) => status === 200).map((a) => a.arrayBuffer()));
    for (const body of bodies) expect(Buffer.from(body).equals(bytes)).toBe(true);
    expect(await usesOf(link)).toBe(7);
  });

  it('takes no use when the store fails, and is a clean 503', async () => {
    const { path, link } = await buildLink({ maxUses: 1 });
    const away = () => Promise.reject(new AppError('unavailable', 'The store does not answer.'));
    Object.assign(world.faults, { get: away, head: away });
    for (const headers of [{}, { range: 'bytes=0-1' }]) {
      const answer = await open(path, headers as Record<string, string>);
      expect([answer.status, await codeOf(answer)]).toEqual([503, 'unavailable']);
      expect(answer.headers.get('retry-after')).toBe('5');
      for (const name of ['etag', 'content-disposition', 'accept-ranges']) expect(answer.headers.has(name)).toBe(false);
    }
    Object.assign(world.faults, {
      get: async () => ({
        bytes: 9,
        contentType: 'image/png',
        etag: '"x"',
        lastModified: new Date(),
        metadata: {},
        body: new Readable({ read: () => {}, construct: (done) => setTimeout(done, 5, new Error('EIO /var/x')) }),
      }),
    });
    const broken = await open(path);
    expect([broken.status, await broken.text()]).toEqual([503, expect.not.stringContaining('EIO')]);
    expect(await usesOf(link)).toBe(0);
    Reflect.deleteProperty(world.faults, 'get');
    expect((await open(path)).status).toBe(200);
    expect((await open(path)).status).toBe(410);
  });

  it('breaks off when the store fails in the middle, so that no part passes for the whole', async () => {
    const { path } = await buildLink();
    Object.assign(world.faults, {
      get: async () => ({
        bytes: 4096,
        contentType: 'image/png',
        etag: '"x"',
        lastModified: new Date(),
        metadata: {},
        body: Readable.from(
          (async function* () {
            yield Buffer.alloc(1024);
            throw new Error('EIO');
          })(),
        ),
      }),
    });
    await expect(open(path).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  });

  it('is 410 once the link has ended, without a second of grace', async () => {
    const { path, link } = await buildLink({ expiresAt: new Date(Date.now() + 600) });
    expect((await open(path)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, link.expiresAt.getTime() - Date.now() + 30));
    for (const method of ['GET', 'HEAD']) expect((await open(path, {}, method)).status).toBe(410);
  });

  it('breaks off what still runs when the link ends', async () => {
    const bytes = randomBytes(64 * 1024 * 1024);
    const { path } = await buildLink({ bytes, expiresAt: new Date(Date.now() + 1_200) });
    const { hostname, port } = new URL(world.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let received = 0;
    socket.on('data', (chunk) => {
      received += chunk.length;
      if (received === chunk.length) socket.pause();
    });
    socket.on('error', () => {});
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    socket.resume();
    await closed;
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(bytes.length);
  });

  it('is 410 while the owner is inactive or the tier lacks the flag or the height, and comes back', async () => {
    const tier = await buildTier(world.models, { expiringLink: true, thumbnailHeights: [200] });
    const other = await buildAccount(world.models, { tierId: tier.id });
    const original = await buildLink({ ownerId: other.id });
    const small = await buildLink({ ownerId: other.id, height: 200, thumbnail: randomBytes(10) });
    const statuses = async () => [(await open(original.path)).status, (await open(small.path)).status];
    expect(await statuses()).toEqual([200, 200]);
    await other.update({ isActive: false });
    expect(await statuses()).toEqual([410, 410]);
    await other.update({ isActive: true });
    await tier.update({ expiringLink: false });
    expect(await statuses()).toEqual([410, 410]);
    await tier.update({ expiringLink: true, thumbnailHeights: [400] });
    expect(await statuses()).toEqual([200, 410]);
    await tier.update({ thumbnailHeights: [200, 400] });
    expect(await statuses()).toEqual([200, 200]);
  });

  it('is 404 for an image that is gone, from the table or from the store, and for a token that is not ours', async () => {
    const deleted = await buildLink();
    await deleted.image.destroy();
    const lost = await buildLink({ maxUses: 1 });
    await world.store.delete('originals', [lost.image.objectKey]);
    const unknown = `/e/${world.tokens.tokenOf(uuidV7())}`;
    const { path } = await buildLink();
    const tampered = path.slice(0, -5) + (path.at(-5) === 'A' ? 'B' : 'A') + path.slice(-4);
    for (const each of [deleted.path, lost.path, unknown, tampered, '/e/x', '/e/%00', '/e/%zz', '/e/a%2Fb']) {
      const answer = await open(each);
      expect([each, answer.status, await codeOf(answer)]).toEqual([each, 404, 'not_found']);
    }
    expect((await open('/e/')).status).toBe(404);
    expect(await usesOf(lost.link)).toBe(0);
  });

  const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8' };

  it('is a small page to a browser, with the same status, when it ended, was used up, or is unknown', async () => {
    const ended = await buildLink({ expiresAt: new Date(Date.now() - 1), name: 'secret.png' });
    const used = await buildLink({ maxUses: 1 });
    const lost = await buildLink({ maxUses: 1 });
    await world.store.delete('originals', [lost.image.objectKey]);
    expect((await open(used.path, browser)).headers.get('content-type')).toBe('image/png');
    for (const [path, status, words] of [
      [ended.path, 410, /has expired or was revoked/],
      [used.path, 410, /opened as often as it could be/],
      [lost.path, 404, /No image is available/],
      ['/e/x', 404, /No image is available/],
    ] as const) {
      const answer = await open(path, browser);
      const text = await answer.text();
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        status,
        'text/html; charset=utf-8',
      ]);
      expect(text).toMatch(words);
      expect(text).not.toMatch(/secret|<script|http/i);
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('vary')).toMatch(/Accept/);
      for (const name of ['content-disposition', 'etag']) expect(answer.headers.get(name)).toBeNull();
      const head = await open(path, browser, 'HEAD');
      expect([head.status, await head.text()]).toEqual([status, '']);
    }
  });

  it.each([
    '*/*',
    'image/avif,image/webp,*/*;q=0.8',
    'application/json',
    'text/html;q=0',
    'application/json, text/html',
  ])('is a problem to whoever accepts %s', async (accept) => {
    const { path } = await buildLink({ expiresAt: new Date(Date.now() - 1) });
    const answer = await open(path, { accept });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      410,
      'application/problem+json; charset=utf-8',
    ]);
    expect(await codeOf(answer)).toBe('link_ended');
  });

  it('does not spend a use on a browser that fetches it in advance', async () => {
    const { path, link } = await buildLink({ maxUses: 1 });
    const ahead: Record<string, string>[] = [
      { 'sec-purpose': 'prefetch' },
      { 'sec-purpose': 'prefetch;prerender' },
      { purpose: 'prefetch', ...browser },
      { 'x-purpose': 'preview' },
      { 'x-moz': 'prefetch', range: 'bytes=0-1' },
    ];
    for (const headers of ahead) {
      const answer = await open(path, headers);
      expect([answer.status, await codeOf(answer)]).toEqual([503, 'prefetch_refused']);
    }
    expect(await usesOf(link)).toBe(0);
    expect((await open(path, { 'sec-purpose': 'something-else' })).status).toBe(200);
    expect((await open(path, { 'sec-purpose': 'prefetch' })).status).toBe(410);
    const unlimited = await buildLink();
    expect((await open(unlimited.path, { 'sec-purpose': 'prefetch' })).status).toBe(200);
  });

  it('does nothing but GET and HEAD', async () => {
    const { path } = await buildLink();
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const answer = await open(path, {}, method);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });
});

describe('a link to a big object in a store of its own', () => {
  let s3like: LinksWorld;
  beforeAll(async () => {
    s3like = await openLinksWorld({ redirectFromBytes: 1_000 });
  });
  afterAll(() => s3like.close());

  async function big(attributes: Given) {
    const { id: ownerId } = await s3like.buildOwner();
    const image = await buildStoredImage(s3like, { ownerId, bytes: attributes.bytes ?? randomBytes(1_000) });
    const link = await s3like.models.ExpiringLink.create({
      id: uuidV7(),
      imageId: image.id,
      ownerId,
      expireTimeSeconds: 300,
      expiresAt: attributes.expiresAt ?? new Date(Date.now() + 300_000),
      maxUses: attributes.maxUses ?? null,
    });
    return { path: `/e/${s3like.tokens.tokenOf(link.id)}`, link };
  }

  it('redirects to a URL of 60 seconds at most, which ends no later than the link', async () => {
    for (const milliseconds of [300_000, 60_500, 20_700, 1_900]) {
      const { path, link } = await big({ expiresAt: new Date(Date.now() + milliseconds) });
      const answer = await s3like.request(path);
      expect(answer.status).toBe(302);
      expect(answer.headers.get('cache-control')).toMatch(/no-store/);
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      const url = new URL(answer.headers.get('location')!);
      const seconds = Number(url.searchParams.get('X-Amz-Expires'));
      const [date] = [url.searchParams.get('X-Amz-Date')!];
      const signedAt = Date.parse(date.replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5'));
      expect(seconds).toBeGreaterThanOrEqual(1);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(signedAt + seconds * 1000).toBeLessThanOrEqual(link.expiresAt.getTime());
    }
  });

  it('streams what has max_uses, what is small, what is asked by HEAD, and the last second', async () => {
    const statusOf = async (given: Given, method = 'GET') =>
      (await s3like.request((await big(given)).path, { method })).status;
    expect(await statusOf({ maxUses: 1 })).toBe(200);
    expect(await statusOf({ bytes: randomBytes(999) })).toBe(200);
    expect(await statusOf({}, 'HEAD')).toBe(200);
    expect(await statusOf({ expiresAt: new Date(Date.now() + 900) })).toBe(200);
  });
});

it('the digest of what a link gives is the digest of what was put there', async () => {
  const { path, image } = await buildLink({ bytes: randomBytes(3_000_000) });
  const body = Buffer.from(await (await open(path)).arrayBuffer());
  expect(createHash('sha256').update(body).digest('hex')).toBe(image.sha256);
});
