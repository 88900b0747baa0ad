import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawHttp } from '../support/raw-http.ts';
import { type Answer, type App, type Client, password, picture, startApp } from '../support/start-app.ts';

let app: App;
let ada: Client;
let imageId: string;

beforeAll(async () => {
  app = await startApp({ environment: { METRICS_TOKEN: 'a-token-for-metrics' } });
  ada = await app.as('ada', 'Enterprise');
  imageId = (await ada.uploaded(await picture(1), 'cat.png')).id;
}, 60_000);
afterAll(() => app.close());

const nobody = '01a204b8-8120-7205-8715-99b9c2c088bc';

describe('starting it', () => {
  it('GET /healthz is 200 as soon as the process listens; GET /readyz when database and store work', async () => {
    expect((await app.call('/healthz')).status).toBe(200);
    const ready = await app.call('/readyz');
    expect(ready.status).toBe(200);
    expect(ready.json).toMatchObject({ database: 'ok', store: 'ok', function: { status: 'ok' } });
  });

  it('GET /metrics is Prometheus text with METRICS_TOKEN', async () => {
    expect((await app.call('/metrics')).status).toBe(401);
    const answer = await app.call('/metrics', { headers: { authorization: 'Bearer a-token-for-metrics' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('GET / is a small page with links to docs and panel', async () => {
    const { status, text, headers } = await app.call('/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(text).toMatch(/href="[^"]*\/docs"/);
    expect(text).toMatch(/href="[^"]*\/admin\/?"/);
  });
});

describe('every path', () => {
  const paths: [path: string, allow: string][] = [
    ['/', 'GET, HEAD, OPTIONS'],
    ['/healthz', 'GET, HEAD, OPTIONS'],
    ['/readyz', 'GET, HEAD, OPTIONS'],
    ['/metrics', 'GET, HEAD, OPTIONS'],
    ['/openapi.json', 'GET, HEAD, OPTIONS'],
    ['/docs', 'GET, HEAD, OPTIONS'],
    ['/token', 'OPTIONS, POST'],
    ['/token/refresh', 'OPTIONS, POST'],
    ['/token/verify', 'OPTIONS, POST'],
    ['/token/blacklist', 'OPTIONS, POST'],
    ['/me', 'GET, HEAD, OPTIONS'],
    ['/me/password', 'OPTIONS, POST'],
    ['/image/upload', 'OPTIONS, POST'],
    ['/image/all', 'GET, HEAD, OPTIONS'],
    ['/image/events', 'GET, HEAD, OPTIONS'],
    [`/image/${nobody}`, 'DELETE, GET, HEAD, OPTIONS, PATCH'],
    ['/image/expiring', 'GET, HEAD, OPTIONS, POST'],
    [`/image/expiring/${nobody}`, 'DELETE, OPTIONS'],
    ['/e/token', 'GET, HEAD, OPTIONS'],
    ['/api/images', 'GET, HEAD, OPTIONS, POST'],
    ['/api/images/upload', 'OPTIONS, POST'],
    ['/api/images/expiring', 'GET, HEAD, OPTIONS, POST'],
  ];

  it.each(paths)('%s: a wrong method is 405 with Allow, with and without its slash', async (path, allow) => {
    const has = allow.split(', ');
    for (const address of path === '/' ? [path] : [path, `${path}/`]) {
      const options = await ada.call(address, { method: 'OPTIONS' });
      expect([options.status, options.headers.get('allow')]).toEqual([204, allow]);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !has.includes(each))) {
        const answer = await ada.call(address, { method });
        expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, allow]);
        expect(answer.code).toBe('method_not_allowed');
      }
      const trace = await rawHttp(app.url, `TRACE ${address} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
      expect([trace.status, trace.headers.allow]).toEqual([405, allow]);
    }
  });

  it.each(paths.filter(([path]) => path !== '/' && !path.startsWith('/api')))(
    '%s is under /api too',
    async (path, allow) => {
      const answer = await ada.call(`/api${path}`, { method: 'OPTIONS' });
      expect([answer.status, answer.headers.get('allow')]).toEqual([204, allow]);
    },
  );

  it('/api/images[/…] is /image/…: POST there uploads, GET lists', async () => {
    for (const slash of ['', '/']) {
      const uploaded = await ada.call(`/api/images${slash}?filename=api${slash.length}.png`, {
        method: 'POST',
        headers: { 'content-type': 'image/png' },
        body: await picture(2),
      });
      expect(uploaded.status).toBe(201);
      expect(uploaded.headers.get('location')).toBe(`${app.url}/image/${(uploaded.json as { id: string }).id}`);
      const listed = await ada.get(`/api/images${slash}?name=api`);
      expect((listed.json as unknown[]).length).toBe(slash.length + 1);
    }
    expect((await ada.get(`/api/images/${imageId}/`)).json).toMatchObject({ id: imageId });
    expect((await ada.get('/api/images/all?limit=1')).status).toBe(200);
  });

  it('that is unknown, or has a malformed id, is 404', async () => {
    const unknown = [
      '/image',
      '/images',
      '/image/all/x',
      '//admin/',
      '//trpc/me',
      '/api//admin/',
      '/IMAGE/ALL',
      '/.env',
      '/.git/config',
      '/e/',
      '/api/api/me',
    ];
    const malformed = [
      '/image/1',
      '/image/%00',
      '/image/%ff',
      `/image/${nobody}0`,
      '/image/undefined',
      '/image/..%2fall',
    ];
    for (const path of [...unknown, ...malformed]) {
      const answer = await ada.get(path);
      expect([path, answer.status, answer.code]).toEqual([path, 404, 'not_found']);
    }
    expect((await ada.call('/image/expiring/1', { method: 'DELETE' })).status).toBe(404);
    expect((await ada.call('/image/1', { method: 'DELETE' })).status).toBe(404);
  });
});

describe('/trpc', () => {
  it('keeps to the same rules: methods, parameters given twice, types', async () => {
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const answer = await ada.call('/trpc/me', { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    }
    const trace = await rawHttp(app.url, 'TRACE /trpc/me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect([trace.status, trace.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    expect((await ada.get('/trpc/images.list?input={}&input={}')).status).toBe(400);
    const text = await ada.call('/trpc/images.rename', {
      method: 'POST',
      body: 'x',
      headers: { 'content-type': 'text/plain' },
    });
    expect([text.status, text.headers.get('content-type')]).toEqual([415, 'application/json; charset=utf-8']);
    expect(text.json).toMatchObject({ error: { data: { code: 'unsupported_type' } } });
    for (const type of ['application/json', 'image/png', 'multipart/form-data; boundary=B']) {
      const upload = { method: 'POST', body: '{}', headers: { 'content-type': type } };
      const octets = await ada.call('/trpc/images.upload', upload);
      expect([octets.status, octets.json]).toMatchObject([
        415,
        {
          error: {
            message: expect.stringContaining('octets'),
            data: { code: 'unsupported_type', path: 'images.upload' },
          },
        },
      ]);
    }
    for (const path of ['/trpc/me', '/trpc/me/', '/trpc/me/?x=1']) {
      expect((await ada.get(path)).json).toMatchObject({ result: { data: { username: 'ada' } } });
    }
  });

  it('takes no JSON that gives a name twice, nor a body that is too large or no UTF-8, and says so as tRPC does', async () => {
    const refused = async (answer: Promise<Answer>) => {
      const { status, json } = await answer;
      return [status, (json as { error?: { data: { code: string } } }).error?.data.code];
    };
    const twice = '{"id":"1","name":"a.png","name":"b.png"}';
    expect(await refused(ada.post('/trpc/images.rename', twice))).toEqual([400, 'invalid_request']);
    expect(await refused(ada.post('/trpc/images.rename?batch=1', `{"0":${twice}}`))).toEqual([400, 'invalid_request']);
    expect(await refused(ada.get('/trpc/images.list?input={"limit":1,"limit":2}'))).toEqual([400, 'invalid_request']);
    expect(await refused(ada.get('/trpc/images.list?input={&input={}'))).toEqual([400, 'invalid_request']);
    expect(await refused(ada.post('/trpc/images.rename', `"${'x'.repeat(70_000)}"`))).toEqual([413, 'too_large']);
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const latin1 = ada.call('/trpc/images.rename', { ...json, body: Buffer.from('{"name":"\xe9"}', 'latin1') });
    expect(await refused(latin1)).toEqual([400, 'invalid_request']);
    expect(await refused(ada.call('/trpc/images.rename', { ...json, body: '{' }))).toEqual([400, 'invalid_request']);
  });
});

describe('errors', () => {
  const problems: [string, () => Promise<Answer>, number, string][] = [
    ['no token', () => app.call('/me'), 401, 'not_authenticated'],
    ['a bad token', () => app.call('/me', { headers: { authorization: 'Bearer x' } }), 401, 'token_not_valid'],
    ['nothing there', () => ada.get('/nothing'), 404, 'not_found'],
    ['a wrong method', () => ada.call('/me', { method: 'DELETE' }), 405, 'method_not_allowed'],
    ['bad parameters', () => ada.get('/image/all?limit=x'), 400, 'invalid_request'],
    ['bad JSON', () => app.post('/token/', '{'), 400, 'invalid_request'],
    [
      'a wrong type',
      () => ada.call('/image/upload', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }),
      415,
      'unsupported_type',
    ],
    ['no image', () => ada.upload('this is no image at all'), 415, 'unsupported_type'],
    ['an empty body', () => ada.call('/image/upload', { method: 'POST' }), 400, 'empty_body'],
    ['a link that is none', () => app.call('/e/x'), 404, 'not_found'],
  ];
  it.each(problems)('are problem documents with a stable code: %s', async (_, act, status, code) => {
    const answer = await act();
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-powered-by')).toBeNull();
    expect(answer.json).toMatchObject({
      type: expect.any(String),
      title: expect.any(String),
      status,
      detail: expect.stringMatching(/\S/),
      code,
      instance: answer.headers.get('x-request-id'),
    });
    expect(answer.text).not.toMatch(/SELECT|node_modules|\/tmp\/|\.ts:|at \w+ \(|originals\//);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="api"' : null);
  });

  it('name each invalid field', async () => {
    const answer = await app.post('/token/', { password: 5 });
    expect(answer.json).toMatchObject({
      errors: [
        { path: 'username', message: 'is missing' },
        { path: 'password', message: 'has to be of the type string, not number' },
      ],
    });
    const empty = await app.post('/token/verify', { token: '' });
    expect(empty.json).toMatchObject({ errors: [{ path: 'token', message: 'Give the token.' }] });
    const unknown = await ada.call(`/image/${imageId}`, {
      method: 'PATCH',
      body: '{"name":"a.png","size":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect([unknown.status, unknown.json]).toMatchObject([400, { errors: [{ path: 'size' }] }]);
  });

  it('of Node itself are problems too', async () => {
    for (const head of [
      'GET / HTTP/1.1',
      'GET / HTTP/1.1\r\nHost: a\r\nHost: b',
      'GET / HTTP/2.0\r\nHost: a',
      'GET /\x01 HTTP/1.1\r\nHost: a',
    ]) {
      const answer = await rawHttp(app.url, `${head}\r\n\r\n`);
      expect([head, answer.status, answer.closed]).toEqual([head, 400, true]);
      expect(JSON.parse(answer.body)).toMatchObject({
        code: 'invalid_request',
        instance: answer.headers['x-request-id'],
      });
    }
  });
});

describe('every answer', () => {
  it('has a type with its charset, nosniff, a policy and a request id', async () => {
    const answers = await Promise.all([
      app.call('/'),
      app.call('/docs'),
      app.call('/openapi.json'),
      app.call('/healthz'),
      app.call('/readyz'),
      app.call('/objects/originals/x'),
      app.call('/admin/login/'),
      ada.get('/me'),
      ada.get('/image/all'),
      ada.get(`/image/${imageId}`),
      ada.get('/image/expiring/'),
      ada.get('/trpc/me'),
      app.call('/trpc/me'),
      app.call('/trpc/nothing'),
    ]);
    for (const { headers, text } of answers) {
      expect(text).not.toBe('');
      expect(headers.get('content-type')).toMatch(/; ?charset=utf-8/i);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(headers.get('referrer-policy')).toBeTruthy();
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('has URLs of PUBLIC_URL, never of a Host or X-Forwarded header', async () => {
    const spoofed = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
    };
    const request = ['GET /image/all?limit=1 HTTP/1.1', 'Host: evil.example', `Authorization: ${ada.authorization}`];
    const raw = await rawHttp(app.url, `${request.join('\r\n')}\r\nConnection: close\r\n\r\n`);
    expect(raw.status).toBe(200);
    expect(raw.text).not.toContain('evil');
    const links = await ada.call(`/image/expiring/?image=${imageId}&expire_time=300`, {
      method: 'POST',
      headers: spoofed,
    });
    expect((links.json as { url: string }).url.startsWith(`${app.url}/e/`)).toBe(true);
    expect((await app.call('/openapi.json', { headers: spoofed })).text).not.toContain('evil');
  });

  it('has times in UTC with milliseconds and Z, and camelCase keys', async () => {
    const all = await Promise.all([ada.get('/me'), ada.get(`/image/${imageId}`), ada.get('/image/expiring/')]);
    const keys: string[] = [];
    JSON.parse(JSON.stringify(all.map(({ json }) => json)), (key, value) => {
      keys.push(key);
      if (/At$/.test(key) && value !== null) expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      return value;
    });
    expect(keys.filter((key) => /[_-]/.test(key))).toEqual([]);
    expect(keys).toContain('expiresAt');
  });
});

describe('a parameter given twice is 400', () => {
  const json = (text: string) => app.post('/token/', text);
  it.each<[string, () => Promise<Answer>, string]>([
    ['in a query', () => ada.get('/image/all?limit=1&limit=2'), 'limit'],
    ['in a query, encoded', () => ada.get('/image/all?limit=1&lim%69t=1'), 'limit'],
    ['of no meaning', () => ada.get('/image/all?x=1&x=1'), 'x'],
    ['as a list', () => ada.get('/image/all?limit[]=1'), 'limit[]'],
    ['as an object', () => ada.post('/image/expiring/?image=a&expire_time[x]=1', {}), 'expire_time[x]'],
    ['in query and body', () => ada.post('/image/expiring/?image=a&expire_time=300', { image: 'b' }), 'image'],
    ['in JSON', () => json(`{"username":"ada","password":"${password}","username":"bob"}`), 'username'],
    ['in JSON, escaped', () => json(`{"username":"ada","password":"${password}","usern\\u0061me":"bob"}`), 'username'],
    ['deep in JSON', () => json(`{"username":"ada","password":"${password}","x":[{"a":1,"b":{"a":2},"a":3}]}`), 'a'],
    [
      'in a form',
      () =>
        app.call('/token/', {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: `username=ada&username=bob&password=${password}`,
        }),
      'username',
    ],
  ])('%s', async (_, act, path) => {
    const answer = await act();
    expect([answer.status, answer.code]).toEqual([400, 'invalid_request']);
    expect(answer.json).toMatchObject({ errors: [{ path }] });
  });

  it('but the same name in two objects, and text that looks like it, is not', async () => {
    const answer = await json(
      `{"username":"ada","password":"${password}","x":{"username":"\\"username\\":"},"y":["username","username"]}`,
    );
    expect(answer.status).toBe(200);
  });

  it('also the Authorization header', async () => {
    const twice = `Authorization: ${ada.authorization}\r\n`.repeat(2);
    expect((await rawHttp(app.url, `GET /me HTTP/1.1\r\nHost: a\r\n${twice}\r\n`)).status).toBe(400);
  });
});

describe('input that is no plain value', () => {
  it.each<[string, unknown]>([
    ['an object', { $ne: 1 }],
    ['a list', ['ada']],
    ['a number', 1],
    ['true', true],
    ['null', null],
  ])('%s for a string is 400', async (_, username) => {
    expect((await app.post('/token/', { username, password })).status).toBe(400);
  });

  it('nests too deep, or would reach a prototype, and does nothing later', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    expect((await app.post('/token/', `{"username":${deep},"password":"x"}`)).status).toBe(400);
    expect((await app.post('/token/', `{"__proto__":{"username":"ada"},"password":"${password}"}`)).status).toBe(400);
    await app.post('/token/', '{"constructor":{"prototype":{"polluted":1}},"username":"ada","password":"x"}');
    await ada.get('/image/all?__proto__[polluted]=1');
    expect((await ada.get('/image/all?__proto__=1&constructor=1')).status).toBe(200);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each(["' OR 1=1 --", "'; SELECT pg_sleep(3); --", '\\', '%', '$1', '$(touch /tmp/darkroom-x)'])(
    'but %s is text like any other',
    async (text) => {
      const startedAt = performance.now();
      const encoded = encodeURIComponent(text);
      expect((await ada.get(`/image/all?name=${encoded}`)).json).toEqual([]);
      expect((await ada.post('/image/expiring/', { image: text, expire_time: 300 })).status).toBe(404);
      expect((await app.post('/token/', { username: text, password: text })).status).toBe(401);
      expect(performance.now() - startedAt).toBeLessThan(2_500);
    },
  );
});

it('no log line holds a password, a token or a signature', async () => {
  const image = await ada.image(imageId);
  await app.call(image.original?.url ?? '');
  const log = app.logged.join('');
  expect(log).toContain('/objects/');
  for (const secret of [password, ada.tokens.access, ada.tokens.refresh]) expect(log).not.toContain(secret);
  expect(log).not.toMatch(/X-Amz-Signature=[0-9a-f]{8}/);
  for (const line of app.logged) expect(() => JSON.parse(line)).not.toThrow();
});
