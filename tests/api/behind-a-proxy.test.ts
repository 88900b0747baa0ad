import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type App, type Client, password, picture, startApp } from '../support/start-app.ts';

const publicUrl = 'https://pictures.example.com/darkroom';
let app: App;
let ada: Client;

beforeAll(async () => {
  app = await startApp({
    environment: { PUBLIC_URL: `${publicUrl}/`, TRUST_PROXY: '1', CORS_ORIGINS: 'https://app.example.com' },
  });
  ada = await app.as('ada', 'Enterprise');
}, 60_000);
afterAll(() => app.close());

/** As the proxy passes it on, without the path that is its own. */
const local = (url: string) => url.replace(publicUrl, app.url);

describe('behind a proxy', () => {
  it('all URLs come from PUBLIC_URL, and open', async () => {
    const bytes = await picture(1);
    const answer = await ada.upload(bytes, { query: '?filename=a.png', headers: { prefer: 'wait=30' } });
    expect(answer.headers.get('location')).toMatch(new RegExp(`^${publicUrl}/image/[0-9a-f-]{36}$`));
    const image = await ada.image((answer.json as { id: string }).id);
    const link = await ada.link({ image: 'a.png', expire_time: 300 });
    for (const url of [image.original?.url ?? '', image.thumbnails[0]?.url ?? '', link.url]) {
      expect(url.startsWith(`${publicUrl}/`)).toBe(true);
      expect((await app.call(local(url), { headers: { host: 'inside' } })).status).toBe(200);
    }
    await ada.uploaded(await picture(2), 'b.png');
    const page = await ada.get('/image/all?limit=1');
    const next = /^<([^>]+)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    expect(next.startsWith(`${publicUrl}/image/all?`)).toBe(true);
    expect((await ada.get(local(next))).json).toMatchObject([{ name: 'a.png' }]);
    expect((await app.call('/openapi.json')).json).toMatchObject({ servers: [{ url: publicUrl }] });
    expect((await app.call('/')).text).toContain('href="/darkroom/docs"');
  });

  it('browsers are told to come by https alone', async () => {
    for (const path of ['/', '/me', '/nothing']) {
      expect((await app.call(path)).headers.get('strict-transport-security')).toMatch(
        /max-age=\d{8,}; includeSubDomains/,
      );
    }
  });

  it('the address of a client is the one that the proxy saw, not the one that the client says', async () => {
    await app.as('guessed', 'Basic');
    const login = (given: string, forwarded: string) =>
      app.post('/token/', { username: 'guessed', password: given }, { 'x-forwarded-for': forwarded });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await login('wrong', `198.51.100.${attempt}, 203.0.113.1`)).status).toBe(401);
    }
    expect((await login(password, '198.51.100.99, 203.0.113.1')).status).toBe(429);
    expect((await login(password, '203.0.113.1, 203.0.113.2')).status).toBe(200);
  });

  it('only pages of CORS_ORIGINS may read answers', async () => {
    const get = (origin: string) => ada.get('/me', { origin });
    expect((await get('https://app.example.com')).headers.get('access-control-allow-origin')).toBe(
      'https://app.example.com',
    );
    for (const origin of ['https://evil.example', 'https://app.example.com.evil.example', 'null']) {
      const { headers } = await get(origin);
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('vary')).toMatch(/Origin/);
    }
    const preflight = await app.call('/api/images', {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([
      204,
      'https://app.example.com',
    ]);
  });

  it('pages of CORS_ORIGINS may read the bytes behind presigned URLs and links too', async () => {
    await ada.uploaded(await picture(3), 'read.png');
    const [image] = (await ada.get('/image/all?name=read')).json as { original: { url: string } }[];
    const link = await ada.link({ image: 'read.png', expire_time: 300 });
    for (const url of [image!.original.url, link.url]) {
      for (const [origin, allowed] of [
        ['https://app.example.com', 'https://app.example.com'],
        ['https://evil.example', null],
      ] as const) {
        const answer = await app.call(local(url), { headers: { origin } });
        expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, allowed]);
      }
    }
  });
});
