import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { authenticateOf } from '../../server/accounts/authenticate.ts';
import { authenticatePasswordOf } from '../../server/accounts/authenticate-password.ts';
import { getMeOf } from '../../server/accounts/get-me.ts';
import { meRoutes } from '../../server/accounts/me.routes.ts';
import { tokensRoutes } from '../../server/accounts/tokens.routes.ts';
import { type AccountWorld, openAccountWorld } from '../support/account-world.ts';
import { buildAccount } from '../support/builders/build-account.ts';
import { buildTier } from '../support/builders/build-tier.ts';
import { type ServedRoutes, serveRoutes } from '../support/serve-routes.ts';

const password = 'a-good-password-1';

let world: AccountWorld;
let served: ServedRoutes;

beforeAll(async () => {
  world = await openAccountWorld();
  const { deps, tokens, changeOwnPassword, loadActor } = world;
  const routes = [
    ...tokensRoutes({ authenticatePassword: authenticatePasswordOf(deps), tokens }),
    ...meRoutes({ getMe: getMeOf(world.database), changeOwnPassword, tokens }),
  ];
  served = await serveRoutes(routes, { authenticate: authenticateOf({ tokens, loadActor }) });
});
afterAll(async () => {
  await served.close();
  await world.database.close();
});
beforeEach(() => world.database.sequelize.query('TRUNCATE rate_limits'));

type Body = Record<string, unknown>;

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(served.url + path, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? null : (JSON.parse(text) as Body),
    text,
  };
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  call(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

async function login(username: string, given = password): Promise<{ access: string; refresh: string }> {
  const { status, body } = await post('/token/', { username, password: given });
  expect(status).toBe(200);
  return body as never;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('POST /token/', () => {
  beforeAll(async () => {
    await buildAccount(world.database.models, { username: 'Alice', password });
    await buildAccount(world.database.models, { username: 'gone', password, isActive: false });
  });

  const form = new URLSearchParams({ username: 'alice', password });
  const multipart = new FormData();
  multipart.set('username', 'alice');
  multipart.set('password', password);
  it.each<[string, string, RequestInit]>([
    [
      'JSON',
      '/token/',
      { body: JSON.stringify({ username: 'alice', password }), headers: { 'content-type': 'application/json' } },
    ],
    ['a form', '/token/', { body: form }],
    ['multipart', '/token/', { body: multipart }],
    ['no trailing slash', '/token', { body: form }],
    ['/api', '/api/token/', { body: form }],
  ])('gives a pair for %s', async (_, path, init) => {
    const { status, body, headers } = await call(path, { method: 'POST', ...init });
    expect(status).toBe(200);
    expect(Object.keys(body!)).toEqual(['access', 'refresh']);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('gives the same 401 for an unknown user, a wrong password and an inactive account', async () => {
    const answers = [
      await post('/token/', { username: 'nobody', password }),
      await post('/token/', { username: 'alice', password: 'a-wrong-password-1' }),
      await post('/token/', { username: 'gone', password }),
    ];
    for (const { status, body, headers } of answers) {
      expect(status).toBe(401);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="api"');
      expect(body).toMatchObject({
        code: 'invalid_credentials',
        detail: 'No active account found with the given credentials',
        status: 401,
      });
    }
    const [one, two, three] = answers.map(({ body }) => ({ ...body, instance: '' }));
    expect(one).toEqual(two);
    expect(two).toEqual(three);
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', {}, ['username', 'password']],
    ['no password', { username: 'alice' }, ['password']],
    ['an empty name', { username: '', password }, ['username']],
    ['a number', { username: 'alice', password: 5 }, ['password']],
    ['null', { username: null, password }, ['username']],
    ['an object', { username: { $ne: '' }, password }, ['username']],
  ])('is 400 at the field with %s', async (_, body, paths) => {
    const answer = await post('/token/', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'invalid_request' });
    expect((answer.body!.errors as { path: string }[]).map(({ path }) => path)).toEqual(paths);
  });

  it('is 400 for a field that is given twice, broken JSON and a list', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const twice = await call('/token/', { method: 'POST', body: 'username=a&username=b&password=c', headers });
    expect(twice.status).toBe(400);
    for (const body of ['{', '[]', '"x"', 'null']) {
      expect(
        (await call('/token/', { method: 'POST', body, headers: { 'content-type': 'application/json' } })).status,
      ).toBe(400);
    }
  });

  it('is 429 with Retry-After after ten failures, whatever the password', async () => {
    await buildAccount(world.database.models, { username: 'guessed', password });
    for (let guess = 0; guess < 10; guess += 1) {
      expect((await post('/token/', { username: 'guessed', password: `guess-number-${guess}` })).status).toBe(401);
    }
    for (const given of [password, 'wrong']) {
      const { status, headers, body } = await post('/token/', { username: 'Guessed', password: given });
      expect(status).toBe(429);
      expect(body).toMatchObject({ code: 'rate_limited' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(500);
    }
    await expect(login('alice')).resolves.toBeDefined();
  });

  it('is for POST alone', async () => {
    const { status, headers } = await call('/token/');
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('OPTIONS, POST');
  });
});

describe('the other token paths', () => {
  it('refresh, verify and blacklist', async () => {
    await buildAccount(world.database.models, { username: 'rotating', password });
    const first = await login('rotating');
    expect(await post('/token/verify/', { token: first.access })).toMatchObject({ status: 200, body: {} });
    const second = (await post('/token/refresh/', { refresh: first.refresh })).body as typeof first;
    expect(second.refresh).not.toBe(first.refresh);
    expect((await post('/token/verify/', { token: second.refresh })).status).toBe(200);
    expect((await post('/token/blacklist/', { refresh: second.refresh })).status).toBe(200);
    for (const [path, body] of [
      ['/token/verify/', { token: second.refresh }],
      ['/token/refresh/', { refresh: second.refresh }],
      ['/token/blacklist/', { refresh: second.refresh }],
      ['/token/refresh/', { refresh: first.access }],
      ['/token/verify/', { token: 'nonsense' }],
    ] as const) {
      const answer = await post(path, body);
      expect(answer).toMatchObject({ status: 401, body: { code: 'token_not_valid' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    }
    expect((await post('/token/refresh/', {})).status).toBe(400);
    expect((await post('/token/verify/', { token: 5 })).status).toBe(400);
  });
});

describe('the Authorization header', () => {
  it('is the only way in', async () => {
    await buildAccount(world.database.models, { username: 'header', password });
    const { access, refresh } = await login('header');
    expect((await call('/me', { headers: bearer(access) })).status).toBe(200);
    expect((await call('/me/', { headers: { authorization: `bearer  ${access}` } })).status).toBe(200);
    expect((await call('/api/me', { headers: bearer(access) })).status).toBe(200);
    const refused: [string, Record<string, string>, string][] = [
      ['/me', {}, 'not_authenticated'],
      [`/me?access_token=${access}`, {}, 'not_authenticated'],
      ['/me', { cookie: `access=${access}` }, 'not_authenticated'],
      ['/me', { 'x-access-token': access }, 'not_authenticated'],
      ['/me', { authorization: access }, 'not_authenticated'],
      ['/me', { authorization: `Basic ${btoa(`header:${password}`)}` }, 'not_authenticated'],
      ['/me', { authorization: `JWT ${access}` }, 'not_authenticated'],
      ['/me', { authorization: 'Bearer' }, 'token_not_valid'],
      ['/me', { authorization: 'Bearer null' }, 'token_not_valid'],
      ['/me', { authorization: `Bearer ${access} x` }, 'token_not_valid'],
      ['/me', { authorization: `Bearer "${access}"` }, 'token_not_valid'],
      ['/me', bearer(refresh), 'token_not_valid'],
      ['/me', bearer(`${access}x`), 'token_not_valid'],
    ];
    for (const [path, headers, code] of refused) {
      const answer = await call(path, { headers });
      expect([code, answer.status, answer.body!.code]).toEqual([code, 401, code]);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    }
  });

  it('opens nothing any more for an account that was deactivated or deleted, at once', async () => {
    const account = await buildAccount(world.database.models, { username: 'leaving', password });
    const { access } = await login('leaving');
    const status = async () => (await call('/me', { headers: bearer(access) })).status;
    expect(await status()).toBe(200);
    await world.updateAccount(null, account.id, { isActive: false }, null);
    expect(await status()).toBe(401);
    await world.updateAccount(null, account.id, { isActive: true }, null);
    expect(await status()).toBe(401);
    const again = await login('leaving');
    await world.deleteAccount(null, account.id, null);
    expect((await call('/me', { headers: bearer(again.access) })).status).toBe(401);
  });
});

describe('/me', () => {
  it('says who one is, what one may do and what one uses', async () => {
    const tier = await buildTier(world.database.models, {
      name: 'Of me',
      thumbnailHeights: [200, 400],
      quotaBytes: 3_000_000_000,
    });
    const account = await buildAccount(world.database.models, {
      username: 'Me',
      email: 'me@example.org',
      password,
      tierId: tier.id,
    });
    const image = { contentType: 'image/png', width: 2, height: 2, sha256: 'a'.repeat(64), ownerId: account.id };
    const { Image } = world.database.models;
    const id = (last: number) => `0199aaaa-0000-7000-8000-00000000000${last}`;
    await Image.create({ ...image, id: id(1), name: 'a', objectKey: 'a', state: 'stored', bytes: 2_000_000_000 });
    await Image.create({ ...image, id: id(2), name: 'b', objectKey: 'b', state: 'stored', bytes: 900_000_000 });
    await Image.create({
      id: id(3),
      ownerId: account.id,
      name: 'c',
      objectKey: 'c',
      uploadLeaseUntil: new Date(),
      reservedBytes: 50,
    });
    await world.database.sequelize.query('UPDATE accounts SET used_bytes = $2, image_count = 2 WHERE id = $1', {
      bind: [account.id, 2_900_000_050],
    });
    const { access } = await login('me');
    expect((await call('/me', { headers: bearer(access) })).body).toEqual({
      id: account.id,
      username: 'Me',
      email: 'me@example.org',
      tier: {
        id: tier.id,
        name: 'Of me',
        isDefault: false,
        thumbnailHeights: [200, 400],
        thumbnailFormat: 'same',
        originalLink: false,
        expiringLink: false,
        expiringLinkMinSeconds: 300,
        expiringLinkMaxSeconds: 30_000,
        maxUploadBytes: 52_428_800,
        quotaBytes: 3_000_000_000,
        requestsPerMinute: null,
        uploadsPerHour: null,
      },
      usage: { images: 2, bytes: 2_900_000_000 },
    });
  });

  it('lets one change one’s password, which ends all other tokens', async () => {
    await buildAccount(world.database.models, { username: 'changer', password });
    const [here, elsewhere] = [await login('changer'), await login('changer')];
    const next = 'the-next-password-2';
    const change = (current: string, fresh: string, token = here.access) =>
      post('/me/password', { current, new: fresh }, bearer(token));
    expect(await change('wrong', next)).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ path: 'current' }] },
    });
    expect(await change(password, 'password1234')).toMatchObject({
      status: 400,
      body: { code: 'weak_password', errors: [{ path: 'new' }] },
    });
    expect((await post('/me/password', { current: password, new: next })).status).toBe(401);

    const changed = await change(password, next);
    expect(changed.status).toBe(200);
    for (const token of [here.access, elsewhere.access]) {
      expect((await call('/me', { headers: bearer(token) })).status).toBe(401);
    }
    expect((await post('/token/refresh/', { refresh: elsewhere.refresh })).status).toBe(401);
    expect((await call('/me', { headers: bearer(changed.body!.access as string) })).status).toBe(200);
    expect((await post('/token/refresh/', { refresh: changed.body!.refresh })).status).toBe(200);
    expect((await post('/token/', { username: 'changer', password })).status).toBe(401);
    await expect(login('changer', next)).resolves.toBeDefined();
  });
});
