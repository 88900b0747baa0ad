import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TokenPair } from '../../core/contracts/token.ts';
import { type App, type Client, password, picture, startApp } from '../support/start-app.ts';

let app: App;
let ada: Client;

beforeAll(async () => {
  app = await startApp();
  ada = await app.as('ada', 'Enterprise');
}, 60_000);
afterAll(() => app.close());

const me = (authorization?: string) =>
  app.call('/me', authorization === undefined ? {} : { headers: { authorization } });
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decoded = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;

describe('401', () => {
  it('carries WWW-Authenticate: Bearer realm="api", whatever was wrong with the token', async () => {
    const [head = '', claims = '', signature = ''] = ada.tokens.access.split('.');
    const withHeader = (changes: object) => `${encoded({ ...decoded(head), ...changes })}.${claims}`;
    const signedWithNothing = withHeader({ kid: '../../../../dev/null' });
    const tokens = {
      'none at all': undefined,
      empty: 'Bearer ',
      'of another scheme': 'Basic YWRhOmFkYQ==',
      garbage: 'Bearer x.y.z',
      'alg none': `Bearer ${withHeader({ alg: 'none' })}.`,
      'alg none, signed': `Bearer ${withHeader({ alg: 'None' })}.${signature}`,
      'alg HS512': `Bearer ${withHeader({ alg: 'HS512' })}.${signature}`,
      'alg RS256': `Bearer ${withHeader({ alg: 'RS256' })}.${signature}`,
      'a key of its own': `Bearer ${withHeader({ jwk: { kty: 'oct', k: '' } })}.${signature}`,
      'kid is a path': `Bearer ${signedWithNothing}.${createHmac('sha256', '').update(signedWithNothing).digest('base64url')}`,
      'longer life': `Bearer ${head}.${encoded({ ...decoded(claims), exp: 4e9 })}.${signature}`,
      'another account': `Bearer ${head}.${encoded({ ...decoded(claims), sub: app.config.admin.username })}.${signature}`,
      unsigned: `Bearer ${head}.${claims}.`,
      'a refresh token': `Bearer ${ada.tokens.refresh}`,
      'very long': `Bearer ${'a'.repeat(10_000)}`,
    };
    for (const [what, authorization] of Object.entries(tokens)) {
      const answer = await me(authorization);
      expect([what, answer.status]).toEqual([what, 401]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    }
    expect((await me(`bearer ${ada.tokens.access}`)).status).toBe(200);
  });

  it('also for a token in the query, a form or a cookie: the Authorization header only', async () => {
    const { access } = ada.tokens;
    expect((await app.call(`/me?access_token=${access}&token=${access}`)).status).toBe(401);
    expect((await app.call('/me', { headers: { cookie: `token=${access}; access=${access}` } })).status).toBe(401);
  });

  it('is the same for an unknown user, a wrong password and an inactive account', async () => {
    const gone = await app.as('gone', 'Basic');
    await app.useCases.accounts.update(null, gone.id, { isActive: false }, null);
    const answers = [
      await app.post('/token/', { username: 'nobody', password }),
      await app.post('/token/', { username: 'ada', password: `${password}.` }),
      await app.post('/token/', { username: 'gone', password }),
    ];
    const [one, two, three] = answers.map(({ json }) => ({ ...(json as object), instance: '' }));
    expect(one).toMatchObject({
      status: 401,
      code: 'invalid_credentials',
      detail: 'No active account found with the given credentials',
    });
    expect([two, three]).toEqual([one, one]);
  });
});

describe('an inactive user’s token stops working at once', () => {
  it('and so do refresh token and links; a link comes back with its owner, a token does not', async () => {
    const eve = await app.as('eve', 'Enterprise');
    const image = await eve.uploaded(await picture(1));
    const link = await eve.link({ image: image.id, expire_time: 300 });
    await app.useCases.accounts.update(null, eve.id, { isActive: false }, null);
    const answers = await Promise.all([
      eve.get('/me'),
      eve.get('/image/all'),
      eve.upload(await picture(2)),
      eve.call(`/image/${image.id}`, { method: 'DELETE' }),
      app.post('/token/refresh/', { refresh: eve.tokens.refresh }),
      app.post('/token/verify/', { token: eve.tokens.access }),
      app.post('/token/', { username: 'eve', password }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect((await app.call(link.url)).status).toBe(410);

    await app.useCases.accounts.update(null, eve.id, { isActive: true }, null);
    expect((await app.call(link.url)).status).toBe(200);
    expect((await eve.get('/me')).status).toBe(401);
    expect((await app.post('/token/refresh/', { refresh: eve.tokens.refresh })).status).toBe(401);
    await app.logIn('eve');
  });
});

describe('a password change', () => {
  it('ends all tokens, and the answer has new ones; the old password opens nothing', async () => {
    const bob = await app.as('bob', 'Basic');
    const other = await app.logIn('bob');
    const changed = await bob.post('/me/password', { current: password, new: 'another good password' });
    expect(changed.status).toBe(200);
    for (const { access, refresh } of [bob.tokens, other]) {
      expect((await me(`Bearer ${access}`)).status).toBe(401);
      expect((await app.post('/token/verify/', { token: access })).status).toBe(401);
      expect((await app.post('/token/refresh/', { refresh })).status).toBe(401);
    }
    expect((await me(`Bearer ${(changed.json as TokenPair).access}`)).status).toBe(200);
    expect((await app.post('/token/', { username: 'bob', password })).status).toBe(401);
    expect((await app.post('/token/', { username: 'BOB', password: 'another good password' })).status).toBe(200);
  });

  it('has 12 to 1024 characters, is not the username and not a common one', async () => {
    const username = 'a-rather-long-name';
    const client = await app.as(username, 'Basic');
    for (const [weak, status] of [
      ['elevenchars', 400],
      ['x'.repeat(1025), 400],
      [username, 400],
      [username.toUpperCase(), 400],
      ['passwordpassword', 400],
      ['qwertyuiop123456789', 400],
      [null, 400],
      [['a good password, in a list'], 400],
    ] as const) {
      const answer = await client.post('/me/password', { current: password, new: weak });
      expect([weak, answer.status]).toEqual([weak, status]);
      expect(answer.json).toMatchObject({ errors: [{ path: 'new' }] });
    }
    expect((await client.post('/me/password', { current: password, new: 'twelve chars' })).status).toBe(200);
  });
});

describe('refresh tokens', () => {
  it('sent fifty times at once get one pair; once that is used, the first one ends the whole family', async () => {
    const { refresh } = await app.logIn('ada');
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.post('/token/refresh/', { refresh })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const pairs = answers.map(({ json }) => json as TokenPair);
    expect(new Set(pairs.map((pair) => JSON.stringify(pair))).size).toBe(1);
    const next = await app.post('/token/refresh/', { refresh: pairs[0]!.refresh });
    expect(next.status).toBe(200);
    expect((await app.post('/token/refresh/', { refresh })).status).toBe(401);
    expect((await app.post('/token/refresh/', { refresh: (next.json as TokenPair).refresh })).status).toBe(401);
    expect((await ada.get('/me')).status).toBe(200);
  });

  it('log out at /token/blacklist/ with 200, under /api too', async () => {
    const { refresh } = await app.logIn('ada');
    const verify = () => app.post('/api/token/verify', { token: refresh });
    const valid = await verify();
    expect([valid.status, valid.json]).toEqual([200, {}]);
    expect((await app.post('/api/token/blacklist', { refresh })).status).toBe(200);
    expect((await verify()).status).toBe(401);
    expect((await app.post('/token/refresh', { refresh })).status).toBe(401);
  });
});

describe('failed logins', () => {
  it('ten of an account from an address, then 429 with Retry-After, whatever the password and the forwarded address', async () => {
    await app.as('guessed', 'Basic');
    for (let attempt = 0; attempt < 10; attempt += 1) {
      expect((await app.post('/token/', { username: 'guessed', password: `wrong ${attempt}` })).status).toBe(401);
    }
    for (const [given, address] of [
      ['wrong', '203.0.113.1'],
      [password, '203.0.113.2'],
    ] as const) {
      const answer = await app.post(
        '/token/',
        { username: 'GUESSED', password: given },
        { 'x-forwarded-for': address },
      );
      expect([answer.status, answer.code]).toEqual([429, 'rate_limited']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await app.logIn('ada');
  });
});

it('GET /me says who one is, the tier and the usage, and no more', async () => {
  const dora = await app.as('dora', 'Premium');
  const bytes = await picture(3);
  await dora.uploaded(bytes);
  const { json } = await dora.get('/me');
  expect(json).toEqual({
    id: dora.id,
    username: 'dora',
    email: '',
    tier: {
      id: expect.any(String),
      name: 'Premium',
      isDefault: false,
      thumbnailHeights: [200, 400],
      thumbnailFormat: 'same',
      originalLink: true,
      expiringLink: false,
      expiringLinkMinSeconds: 300,
      expiringLinkMaxSeconds: 30000,
      maxUploadBytes: 52428800,
      quotaBytes: null,
      requestsPerMinute: null,
      uploadsPerHour: null,
    },
    usage: { images: 1, bytes: bytes.length },
  });
});
