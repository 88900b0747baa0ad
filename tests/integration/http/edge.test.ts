import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Router } from 'express';
import { pino } from 'pino';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import { type AppDeps, createApp } from '../../../server/app.ts';
import { createHttpServer } from '../../../server/http/create-server.ts';
import { defineRoute, type Route } from '../../../server/http/route.ts';
import { startingHandler } from '../../../server/http/starting-handler.ts';
import { rawHttp } from '../../support/raw-http.ts';

const documentation = { operationId: 'x', tag: 'x', summary: 'x', responses: {}, errors: [] } as const;
const secretText = 'SELECT * FROM accounts -- /var/lib/darkroom 0199/secret-key';

const routes: Route[] = [
  defineRoute({
    ...documentation,
    method: 'get',
    path: '/things/{id}',
    auth: 'none',
    params: z.object({ id: z.uuid() }),
    query: z.object({ limit: z.string().optional() }),
    handler: async ({ params, query }) => ({ status: 200, body: { ...params, ...query } }),
  }),
  defineRoute({
    ...documentation,
    method: 'post',
    path: '/things',
    auth: 'none',
    body: z.object({ name: z.string() }),
    handler: async ({ body }) => ({ status: 201, body }),
  }),
  defineRoute({
    ...documentation,
    method: 'get',
    path: '/fault',
    auth: 'none',
    handler: async () => {
      throw Object.assign(new Error(secretText), { status: 'x', sql: secretText });
    },
  }),
  defineRoute({
    ...documentation,
    method: 'get',
    path: '/forbidden',
    auth: 'none',
    handler: async () => {
      throw new AppError('tier_forbids', 'Not in your tier.', { cause: new Error(secretText) });
    },
  }),
];

const servers: Server[] = [];

async function start(config: Partial<AppDeps['config']> = {}): Promise<string> {
  const app = createApp({
    config: { publicUrl: 'http://darkroom.test', trustProxy: false, corsOrigins: [], ...config },
    logger: pino({ level: 'silent' }),
    trpc: Router(),
    panel: Router(),
    routes,
    mount: {
      authenticate: async () => {
        throw new AppError('not_authenticated', 'Log in.');
      },
    },
  });
  const server = createHttpServer(app, { requestTimeoutSeconds: 60 });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let url: string;
beforeAll(async () => {
  url = await start();
});
afterAll(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

async function problemOf(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = (await answer.json()) as Record<string, unknown>;
  expect(problem).toMatchObject({ status: answer.status, instance: answer.headers.get('x-request-id') });
  return problem;
}

describe('every answer', () => {
  it.each([
    ['GET', '/things/0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000', 200],
    ['GET', '/nothing', 404],
    ['GET', '/fault', 500],
    ['PATCH', '/things', 405],
    ['TRACE', '/things', 405],
  ])('has the security headers: %s %s, %d', async (method, path, status) => {
    const answer =
      method === 'TRACE'
        ? await rawHttp(url, `TRACE ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
        : await fetch(url + path, { method }).then(async (each) => ({
            status: each.status,
            headers: Object.fromEntries(each.headers),
            text: await each.text(),
          }));
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    for (const directive of ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(answer.headers['content-security-policy']).toContain(directive);
    }
    for (const name of ['x-powered-by', 'server', 'strict-transport-security', 'access-control-allow-origin']) {
      expect(answer.headers).not.toHaveProperty(name);
    }
  });

  it('has them also where the app is not asked: while it starts, and for what is no HTTP', async () => {
    const starting = createHttpServer(startingHandler, { requestTimeoutSeconds: 60 });
    servers.push(starting);
    await new Promise<void>((resolve) => starting.listen(0, '127.0.0.1', resolve));
    const startingUrl = `http://127.0.0.1:${(starting.address() as AddressInfo).port}`;
    for (const [base, request, status] of [
      [startingUrl, 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200],
      [startingUrl, 'GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n', 503],
      [startingUrl, 'GET /admin HTTP/1.1\r\nHost: x\r\n\r\n', 503],
      [url, 'no HTTP\r\n\r\n', 400],
    ] as const) {
      const answer = await rawHttp(base, request);
      expect([request, answer.status]).toEqual([request, status]);
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      for (const directive of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
        expect(answer.headers['content-security-policy']).toContain(directive);
      }
      if (answer.headers['content-type']?.startsWith('application/problem+json')) {
        expect(JSON.parse(answer.body)).toMatchObject({ status, instance: answer.headers['x-request-id'] });
      }
    }
  });

  it('asks for https alone where people come by https', async () => {
    const secure = await start({ publicUrl: 'https://darkroom.test' });
    const header = (await fetch(`${secure}/nothing`)).headers.get('strict-transport-security') ?? '';
    expect(header).toMatch(/includeSubDomains/);
    expect(Number(/max-age=(\d+)/.exec(header)?.[1])).toBeGreaterThanOrEqual(31_536_000);
  });

  it('has a request id of its own, whatever the client sends', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => (await fetch(url, { headers: { 'x-request-id': 'mine' } })).headers.get('x-request-id')),
    );
    expect(new Set([...ids, 'mine']).size).toBe(3);
  });
});

describe('addresses', () => {
  it('work with and without a slash, and under /api', async () => {
    const id = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000';
    for (const path of [`/things/${id}`, `/things/${id}/`, `/api/things/${id}/?limit=1`, `//api//things//${id}//`]) {
      expect((await fetch(url + path)).status).toBe(200);
    }
  });

  it.each([
    '/nothing',
    '/things/x',
    '/things/%',
    '/things/%zz',
    '/things/%C0%AF',
    '/%',
    '//nothing',
    '/THINGS',
    '/.env',
    '/.git/config',
    '/things/..%2f..%2fetc',
  ])('%s is a plain 404', async (path) => {
    const answer = await rawHttp(url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([path, answer.status]).toEqual([path, 404]);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('may be whole URLs, as clients of proxies send them', async () => {
    const id = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000';
    for (const target of [`http://elsewhere.test/things/${id}`, `http://elsewhere.test/api/things/${id}?limit=2`]) {
      const answer = await rawHttp(url, `GET ${target} HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\n\r\n`);
      expect(answer.status).toBe(200);
    }
    const broken = await rawHttp(url, `GET http://[/things/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect([400, 404]).toContain(broken.status);
  });
});

describe('methods', () => {
  it('that a path does not have are 405 and say which it has', async () => {
    for (const [method, path, allow] of [
      ['POST', '/things/0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000', 'GET, HEAD, OPTIONS'],
      ['PUT', '/things', 'OPTIONS, POST'],
      ['GET', '/things', 'OPTIONS, POST'],
      ['HEAD', '/things', 'OPTIONS, POST'],
    ] as const) {
      const answer = await fetch(url + path, { method });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
      if (method !== 'HEAD') expect(await problemOf(answer)).toMatchObject({ code: 'method_not_allowed' });
    }
  });

  it('that nothing here has are 405 everywhere', async () => {
    for (const line of [
      'TRACE /',
      'TRACE /nothing',
      'PROPFIND /nothing',
      'CONNECT x:1',
      'BREW /coffee',
      'get /things',
    ]) {
      const answer = await rawHttp(url, `${line} HTTP/1.1\r\nHost: x\r\nX-Secret: echo\r\n\r\n`);
      expect([line, answer.status, answer.headers.allow]).toEqual([
        line,
        405,
        'DELETE, GET, HEAD, OPTIONS, PATCH, POST',
      ]);
      expect(answer.text).not.toContain('echo');
    }
  });

  it('OPTIONS tells what there is; HEAD is GET without its body', async () => {
    const options = await fetch(`${url}/things`, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'OPTIONS, POST']);
    const path = `${url}/things/0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000`;
    const [get, head] = [await fetch(path), await fetch(path, { method: 'HEAD' })];
    expect(head.status).toBe(get.status);
    for (const name of ['content-type', 'content-length', 'cache-control']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    expect(await head.text()).toBe('');
    const missing = await fetch(`${url}/nothing`, { method: 'HEAD' });
    expect([missing.status, await missing.text()]).toEqual([404, '']);
  });
});

describe('parameters', () => {
  const id = '0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000';
  const post = (body: string, type = 'application/json') =>
    fetch(`${url}/things`, { method: 'POST', headers: { 'content-type': type }, body });

  it('given twice are 400 and named', async () => {
    for (const query of ['limit=1&limit=1', 'limit=1&limit=2', 'li%6Dit=1&limit=2']) {
      const problem = await problemOf(await fetch(`${url}/things/${id}?${query}`));
      expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ path: 'limit' }] });
    }
    expect((await post('name=a&name=b', 'application/x-www-form-urlencoded')).status).toBe(400);
    expect((await fetch(`${url}/things/${id}?limit[]=1`)).status).toBe(400);
  });

  it('of a body are read as JSON, form or multipart fields, and nothing else', async () => {
    const form = new FormData();
    form.set('name', 'ä');
    const answers = [
      await post('{"name":"ä"}'),
      await post('name=%C3%A4', 'application/x-www-form-urlencoded; charset=UTF-8'),
      await fetch(`${url}/things`, { method: 'POST', body: form }),
    ];
    for (const answer of answers) expect([answer.status, await answer.json()]).toEqual([201, { name: 'ä' }]);
    const statusOf = async (answer: Promise<Response>) => (await problemOf(await answer)).status;
    expect(await statusOf(post('name', 'text/plain'))).toBe(415);
    expect(await statusOf(post('{"name":"x"}', 'application/json; charset=latin1'))).toBe(415);
    for (const body of ['', '{', '[]', 'null', '"x"', '{"name":1}', '{"__proto__":{"name":"x"}}', '{"name":"\udc00"']) {
      expect([body, await statusOf(post(body))]).toEqual([body, 400]);
    }
    expect(await statusOf(post(`{"name":"${'x'.repeat(70_000)}"}`))).toBe(413);
    const encoded = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect(await statusOf(fetch(`${url}/things`, { method: 'POST', headers: encoded, body: 'x' }))).toBe(415);
  });
});

describe('errors', () => {
  it('say nothing of what lies behind them', async () => {
    for (const [path, code] of [
      ['/fault', 'internal'],
      ['/forbidden', 'tier_forbids'],
    ]) {
      const answer = await fetch(url + path);
      const text = await answer.clone().text();
      expect(await problemOf(answer)).toMatchObject({ code });
      expect(text).not.toMatch(/SELECT|\/var|secret-key|stack|node_modules|\.ts/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    }
  });
});

describe('what is no good HTTP', () => {
  const post = 'POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
  it.each([
    [
      'length and chunks',
      `${post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /fault HTTP/1.1\r\n\r\n`,
    ],
    ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a signed length', `${post}Content-Length: +2\r\n\r\n{}`],
    ['an unknown encoding', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ['a bad chunk', `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
    ['a folded header', 'GET /things HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n'],
    ['a space before the colon', `${post}Content-Length : 2\r\n\r\n{}`],
    ['a bare line feed', 'GET /things HTTP/1.1\nHost: x\n\nGET /fault HTTP/1.1\nHost: x\n\n'],
    ['a NUL in a header', 'GET /things HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n'],
    ['another protocol', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['no host', 'GET /things HTTP/1.1\r\n\r\n'],
    ['more than its length', `${post}Content-Length: 12\r\n\r\n{"name":"a"}more`],
  ])('%s: 400, once, and the connection is closed', async (_what, request) => {
    const answer = await rawHttp(url, request);
    expect([answer.status, answer.closed]).toEqual([400, true]);
    expect(answer.text.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  it('too many headers: 431, as a problem', async () => {
    const answer = await rawHttp(url, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect([answer.status, answer.closed]).toEqual([431, true]);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'headers_too_large', status: 431 });
    expect(answer.headers['x-request-id']).toBe((JSON.parse(answer.body) as { instance: string }).instance);
  });

  it('nor a body that never ends behind an answer: the connection is closed', async () => {
    const server = createHttpServer((_req, res) => res.end('done'), {
      requestTimeoutSeconds: 60,
      discardMilliseconds: 50,
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const answer = await rawHttp(base, 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx', {
      silenceMs: 10_000,
    });
    expect([answer.status, answer.closed]).toEqual([200, true]);
  });

  it('is refused early when it asks first', async () => {
    const headers = 'Host: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n';
    const large = await rawHttp(url, `POST /things HTTP/1.1\r\n${headers}Content-Length: 99999999\r\n\r\n`);
    expect(large.text).toMatch(/^HTTP\/1\.1 413 /);
    const small = await rawHttp(url, `POST /things HTTP/1.1\r\n${headers}Content-Length: 12\r\n\r\n`);
    expect(small.text).toMatch(/^HTTP\/1\.1 100 Continue/);
  });
});

describe('CORS', () => {
  const ask = (base: string, origin: string, init: RequestInit = {}) =>
    fetch(`${base}/things`, { ...init, headers: { origin, ...Object(init.headers) } });
  const preflight = { method: 'OPTIONS', headers: { 'access-control-request-method': 'POST' } };

  it('lets nobody in by default', async () => {
    for (const init of [{}, preflight]) {
      const answer = await ask(url, 'https://app.test', init);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('lets the listed origins in, to the letter, without credentials', async () => {
    const base = await start({ corsOrigins: ['https://app.test', 'http://localhost:5173'] });
    const answer = await ask(base, 'https://app.test');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.test');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    expect(answer.headers.get('vary')).toMatch(/Origin/);
    for (const name of ['X-Request-Id', 'Link', 'ETag', 'Retry-After', 'Location']) {
      expect(answer.headers.get('access-control-expose-headers')?.split(', ')).toContain(name);
    }
    const allowed = await ask(base, 'http://localhost:5173', preflight);
    expect([allowed.status, allowed.headers.get('access-control-max-age')]).toEqual([204, '600']);
    expect(allowed.headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PATCH, DELETE');
    for (const name of ['Authorization', 'Content-Disposition', 'Idempotency-Key']) {
      expect(allowed.headers.get('access-control-allow-headers')?.split(', ')).toContain(name);
    }
    for (const origin of [
      'http://app.test',
      'https://app.test.evil.test',
      'https://evil.test',
      'null',
      'HTTPS://APP.TEST',
    ]) {
      for (const init of [{}, preflight]) {
        const refused = await ask(base, origin, init);
        expect(refused.headers.get('access-control-allow-origin')).toBeNull();
        expect(refused.headers.get('vary')).toMatch(/Origin/);
      }
    }
  });

  it('lets pages of listed origins send any header that they ask for', async () => {
    const base = await start({ corsOrigins: ['https://app.test'] });
    const asking = (headers: string) => ({
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
    });
    const names = 'authorization,baggage,content-type,traceparent,trpc-accept,x-requested-with';
    const allowed = await ask(base, 'https://app.test', asking(names));
    expect(allowed.headers.get('access-control-allow-headers')).toBe(names);
    expect(allowed.headers.get('vary')).toMatch(/Access-Control-Request-Headers/);
    const odd = await ask(base, 'https://app.test', asking('x-a; <script>'));
    expect(odd.headers.get('access-control-allow-headers')).not.toMatch(/script/);
    const refused = await ask(base, 'https://evil.test', asking(names));
    expect(refused.headers.get('access-control-allow-headers')).toBeNull();
  });

  it('lets everybody in for *, still without credentials', async () => {
    const base = await start({ corsOrigins: ['*'] });
    const answer = await ask(base, 'https://any.test');
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});
