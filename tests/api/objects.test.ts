import { once } from 'node:events';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import express from 'express';
import { createDiskObjectStore } from '../../core/storage/disk-object-store.ts';
import type { ObjectStore, PresignGetOptions } from '../../core/storage/object-store.ts';
import { createObjectsRoutes } from '../../server/embedded/objects.routes.ts';

const bytes = Buffer.from('0123456789'.repeat(1000));
const key = '01994e5c-8c1f-7000-8000-000000000000/0123456789abcdef0123456789abcdef';
const errors: unknown[] = [];

let directory: string;
let server: Server;
let store: ObjectStore;
let origin: string;
let clockMs = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'darkroom-objects-'));
  const app = express();
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const presign = { publicUrl: origin, accessKeyId: 'local', secretAccessKey: 'secret' };
  store = createDiskObjectStore({ directory: join(directory, 'objects'), presign });
  const logger = { error: (fields: unknown) => errors.push(fields) };
  const now = () => new Date(Date.now() + clockMs);
  app.use(createObjectsRoutes({ store, presign, logger, now }));
  // The same store behind a proxy that leaves the path of the public address in place, and behind one that takes it off.
  const under = { ...presign, publicUrl: 'https://photos.example.com/darkroom/' };
  app.use('/darkroom', createObjectsRoutes({ store, presign: under, logger, now }));
  app.use((_req, res) => res.status(418).end());
  await store.put('originals', key, bytes, { contentType: 'image/png' });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

function urlOf(objectKey: string = key, options: Partial<PresignGetOptions> = {}): string {
  const signedAt = new Date(Date.now() + clockMs);
  return store.presignGet('originals', objectKey, { signedAt, expiresInSeconds: 600, ...options }).url;
}

const changed = (change: (url: URL) => void): string => {
  const url = new URL(urlOf());
  change(url);
  return url.href;
};

async function fault(response: Response): Promise<[number, string]> {
  const body = await response.text();
  expect(response.headers.get('content-type')).toBe('application/xml; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  return [response.status, /<Code>(\w+)<\/Code>/.exec(body)?.[1] ?? body];
}

describe('a presigned URL of the disk store', () => {
  it('gives the bytes with their type, and headers that keep a browser from running them', async () => {
    const response = await fetch(urlOf());
    expect(response.status).toBe(200);
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'accept-ranges': 'bytes',
      'content-length': '10000',
      'content-security-policy': expect.stringContaining("sandbox; default-src 'none'"),
      'content-type': 'image/png',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^"\w{32}"$/),
      'last-modified': expect.stringMatching(/ GMT$/),
    });
    expect(response.headers.has('content-disposition')).toBe(false);
  });

  it('may be cached until it ends, not longer, and by its reader alone', async () => {
    const [, maxAge] = /^private, max-age=(\d+)$/.exec((await fetch(urlOf())).headers.get('cache-control') ?? '') ?? [];
    expect(Number(maxAge)).toBeGreaterThanOrEqual(598);
    expect(Number(maxAge)).toBeLessThanOrEqual(600);
  });

  it('answers HEAD with the same headers and no body', async () => {
    const head = await fetch(urlOf(), { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-length')).toBe('10000');
    expect(head.headers.get('content-type')).toBe('image/png');
    expect(await head.text()).toBe('');
  });

  it('gives the content disposition that was signed, and refuses one that is no header', async () => {
    const contentDisposition = `inline; filename="a b.png"; filename*=UTF-8''%C3%A4.png`;
    const response = await fetch(urlOf(key, { contentDisposition }));
    expect(response.headers.get('content-disposition')).toBe(contentDisposition);
    expect(await fault(await fetch(urlOf(key, { contentDisposition: 'a\r\nSet-Cookie: x=1' })))).toEqual([
      400,
      'InvalidArgument',
    ]);
  });

  it.each(['with space', 'a+b%20c', 'ü/猫', "!'()*~", 'UPPER', 'a&b=c?d#e'])('works for the key %j', async (odd) => {
    await store.put('originals', odd, Buffer.from(odd), { contentType: 'image/gif' });
    expect(await (await fetch(urlOf(odd))).text()).toBe(odd);
  });

  it('works under whatever host the request came, for the public address is what is signed', async () => {
    const url = new URL(urlOf());
    const req = request({
      port: url.port,
      host: '127.0.0.1',
      path: url.pathname + url.search,
      headers: { host: 'x.y' },
    }).end();
    const [res] = await once(req, 'response');
    expect(res.statusCode).toBe(200);
    res.resume();
  });

  it('works when the public address has a path', async () => {
    const under = createDiskObjectStore({
      directory: join(directory, 'objects'),
      presign: { publicUrl: 'https://photos.example.com/darkroom', accessKeyId: 'local', secretAccessKey: 'secret' },
    });
    const { url } = under.presignGet('originals', key, { signedAt: new Date(), expiresInSeconds: 60 });
    expect(url).toMatch(/^https:\/\/photos\.example\.com\/darkroom\/objects\/originals\//);
    const { pathname, search } = new URL(url);
    expect((await fetch(origin + pathname + search)).status).toBe(200);
  });
});

describe('conditions and ranges', () => {
  const get = (headers: Record<string, string>, method = 'GET') => fetch(urlOf(), { method, headers });

  it.each<[string, number, string, number, number]>([
    ['bytes=0-0', 206, 'bytes 0-0/10000', 0, 1],
    ['bytes=10-19', 206, 'bytes 10-19/10000', 10, 20],
    ['bytes=9990-', 206, 'bytes 9990-9999/10000', 9990, 10_000],
    ['bytes=-5', 206, 'bytes 9995-9999/10000', 9995, 10_000],
    ['bytes=9990-99999', 206, 'bytes 9990-9999/10000', 9990, 10_000],
    ['bytes=0-1,5-6', 200, '', 0, 10_000],
    ['bytes=5-1', 200, '', 0, 10_000],
    ['lines=1-2', 200, '', 0, 10_000],
    ['nonsense', 200, '', 0, 10_000],
  ])('Range: %s is %p', async (range, status, contentRange, start, end) => {
    const response = await get({ range });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-range') ?? '').toBe(contentRange);
    expect(response.headers.get('content-length')).toBe(String(end - start));
    expect(await response.text()).toBe(String(bytes.subarray(start, end)));
  });

  it('a range that starts past the end is 416, with the size', async () => {
    const response = await get({ range: 'bytes=10000-' });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe('bytes */10000');
    expect(await response.text()).toBe('');
  });

  it('If-Range gives the range of the same object, and the whole of another', async () => {
    const facts = (await get({}, 'HEAD')).headers;
    for (const name of ['etag', 'last-modified']) {
      expect((await get({ range: 'bytes=0-1', 'if-range': facts.get(name)! })).status).toBe(206);
    }
    for (const other of ['"other"', `W/${facts.get('etag')}`, 'Mon, 01 Jan 2024 00:00:00 GMT', 'x']) {
      expect((await get({ range: 'bytes=0-1', 'if-range': other })).status).toBe(200);
    }
  });

  it('If-None-Match and If-Modified-Since are 304 for what the client has', async () => {
    const facts = (await get({}, 'HEAD')).headers;
    const etag = facts.get('etag')!;
    for (const method of ['GET', 'HEAD']) {
      for (const value of [etag, `W/${etag}`, `"a", ${etag}`, '*']) {
        const response = await get({ 'if-none-match': value }, method);
        expect([response.status, response.headers.get('etag'), await response.text()]).toEqual([304, etag, '']);
        expect(response.headers.get('cache-control')).toMatch(/^private, max-age=/);
      }
      expect((await get({ 'if-modified-since': facts.get('last-modified')! }, method)).status).toBe(304);
    }
    expect((await get({ 'if-none-match': '"other"' })).status).toBe(200);
    expect((await get({ 'if-modified-since': 'Mon, 01 Jan 2024 00:00:00 GMT' })).status).toBe(200);
  });

  it('If-Match and If-Unmodified-Since are 412 for another object', async () => {
    expect((await get({ 'if-match': '"other"' })).status).toBe(412);
    expect((await get({ 'if-unmodified-since': 'Mon, 01 Jan 2024 00:00:00 GMT' })).status).toBe(412);
    expect((await get({ 'if-match': '*' })).status).toBe(200);
  });

  it('an object of no bytes is 200, and no range of it can be had', async () => {
    await store.put('originals', 'empty', Buffer.alloc(0), { contentType: 'image/png' });
    const response = await fetch(urlOf('empty'));
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '0']);
    expect((await fetch(urlOf('empty'), { headers: { range: 'bytes=0-' } })).status).toBe(416);
  });
});

describe('a URL that is not a good one', () => {
  const set = (name: string, value: string) => changed((url) => url.searchParams.set(name, value));

  it.each<[string, () => string, number, string]>([
    ['without a signature', () => urlOf().split('?')[0]!, 403, 'AccessDenied'],
    ['of the bucket', () => `${origin}/objects/originals`, 403, 'AccessDenied'],
    ['of no bucket', () => `${origin}/objects`, 403, 'AccessDenied'],
    ['of a bucket that is not ours', () => `${origin}/objects/other/key?X-Amz-Date=1`, 403, 'AccessDenied'],
    ['with a broken percent sign', () => `${origin}/objects/originals/%zz`, 400, 'InvalidURI'],
    ['with a broken percent sign in the query', () => `${urlOf()}&a=%zz`, 400, 'InvalidArgument'],
    ['with another signature', () => set('X-Amz-Signature', '0'.repeat(64)), 403, 'SignatureDoesNotMatch'],
    ['with a short signature', () => set('X-Amz-Signature', 'ab'), 403, 'SignatureDoesNotMatch'],
    ['for another key', () => urlOf().replace(key, 'other'), 403, 'SignatureDoesNotMatch'],
    ['for another bucket', () => urlOf().replace('/originals/', '/thumbnails/'), 403, 'SignatureDoesNotMatch'],
    ['with a longer life', () => set('X-Amz-Expires', '601'), 403, 'SignatureDoesNotMatch'],
    ['with one more parameter', () => `${urlOf()}&response-content-type=text/html`, 403, 'SignatureDoesNotMatch'],
    ['with a parameter twice', () => `${urlOf()}&X-Amz-Expires=600`, 400, 'AuthorizationQueryParametersError'],
    [
      'of another key pair',
      () => set('X-Amz-Credential', new URL(urlOf()).searchParams.get('X-Amz-Credential')!.replace('local', 'other')),
      403,
      'InvalidAccessKeyId',
    ],
    [
      'of another region',
      () => set('X-Amz-Credential', 'local/20261122/eu-west-1/s3/aws4_request'),
      400,
      'AuthorizationQueryParametersError',
    ],
    [
      'of another day',
      () => set('X-Amz-Credential', 'local/20200101/local/s3/aws4_request'),
      400,
      'AuthorizationQueryParametersError',
    ],
    ['with no credential', () => set('X-Amz-Credential', 'nonsense'), 400, 'AuthorizationQueryParametersError'],
    ['with another algorithm', () => set('X-Amz-Algorithm', 'none'), 400, 'AuthorizationQueryParametersError'],
    ['with an odd date', () => set('X-Amz-Date', '20261322T000000Z'), 400, 'AuthorizationQueryParametersError'],
    [
      'that signs other headers',
      () => set('X-Amz-SignedHeaders', 'host;range'),
      400,
      'AuthorizationQueryParametersError',
    ],
    ['that lasts no number', () => set('X-Amz-Expires', '1e3'), 400, 'AuthorizationQueryParametersError'],
    ['that lasts less than nothing', () => set('X-Amz-Expires', '-1'), 400, 'AuthorizationQueryParametersError'],
    ['that lasts more than a week', () => set('X-Amz-Expires', '604801'), 400, 'AuthorizationQueryParametersError'],
    ['that has ended', () => urlOf(key, { signedAt: new Date(Date.now() - 600_000) }), 403, 'AccessDenied'],
    ['that has not begun', () => urlOf(key, { signedAt: new Date(Date.now() + 16 * 60_000) }), 403, 'AccessDenied'],
    ['of no object', () => urlOf('not/there'), 404, 'NoSuchKey'],
    [
      'of no object, and with no good signature',
      () => urlOf('not/there').replace('not/there', 'not/here'),
      403,
      'SignatureDoesNotMatch',
    ],
  ])('%s', async (_name, url, status, code) => {
    expect(await fault(await fetch(url()))).toEqual([status, code]);
    const head = await fetch(url(), { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([status, '']);
  });

  it.each([
    'X-Amz-Algorithm',
    'X-Amz-Credential',
    'X-Amz-Date',
    'X-Amz-Expires',
    'X-Amz-SignedHeaders',
    'X-Amz-Signature',
  ])('without %s', async (name) => {
    const response = await fetch(changed((url) => url.searchParams.delete(name)));
    expect(await fault(response)).toEqual([400, 'AuthorizationQueryParametersError']);
  });

  it('ends in the very second it says', async () => {
    const signedAt = new Date(Math.floor(Date.now() / 1000) * 1000);
    const { url, expiresAt } = store.presignGet('originals', key, { signedAt, expiresInSeconds: 60 });
    clockMs = expiresAt.getTime() - Date.now() - 500;
    expect((await fetch(url)).status).toBe(200);
    clockMs += 500;
    const response = await fetch(url);
    clockMs = 0;
    expect(response.status).toBe(403);
    expect(await response.text()).toContain('<Message>Request has expired</Message>');
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('is 405 for %s, good or not', async (method) => {
    const response = await fetch(urlOf(), { method });
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    expect(await fault(response)).toEqual([405, 'MethodNotAllowed']);
  });

  it('elsewhere is not the objects’ business', async () => {
    expect((await fetch(`${origin}/Objects/originals/x`)).status).toBe(418);
    expect((await fetch(`${origin}/objectsx`)).status).toBe(418);
  });
});

describe('when the store fails', () => {
  it('is 503 while it is away, and works again after', async () => {
    await rename(join(directory, 'objects'), join(directory, 'elsewhere'));
    const response = await fetch(urlOf());
    await rename(join(directory, 'elsewhere'), join(directory, 'objects'));
    expect(response.headers.get('retry-after')).toBe('5');
    expect(response.headers.has('content-disposition')).toBe(false);
    const body = await response.text();
    expect(body).toContain('<Code>ServiceUnavailable</Code>');
    expect(body).not.toContain(directory);
    expect(response.status).toBe(503);
    expect(errors).toHaveLength(1);
    expect((await fetch(urlOf())).status).toBe(200);
  });

  it('a client that goes away is no error, and closes the file', async () => {
    await store.put('originals', 'big', Buffer.alloc(20_000_000), { contentType: 'image/png' });
    const url = new URL(urlOf('big'));
    const before = errors.length;
    const req = request(url).end();
    const [res] = await once(req, 'response');
    await once(res, 'readable');
    req.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(errors).toHaveLength(before);
    expect((await fetch(urlOf())).status).toBe(200);
  });

  it('streams: a slow reader does not make the server hold the object', async () => {
    await store.put('originals', 'huge', Buffer.alloc(150_000_000), { contentType: 'image/png' });
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const req = request(new URL(urlOf('huge'))).end();
    const [res] = await once(req, 'response');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
    req.destroy();
    await text(res).catch(() => {});
  });
});
