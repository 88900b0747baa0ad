import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { rawHttp } from '../support/raw-http.ts';
import { type RunningDarkroom, startDarkroom, stopDarkroom } from '../support/run-darkroom.ts';

interface Document {
  servers: unknown;
  paths: Record<string, Record<string, { security: unknown[] }>>;
}

let directory: string;
let service: RunningDarkroom;
let document: Document;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'darkroom-document-'));
  service = await startDarkroom(directory, { PUBLIC_URL: 'https://darkroom.test', CORS_ORIGINS: 'https://app.test' });
  document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
}, 120_000);
afterAll(async () => {
  if (service) await stopDarkroom(service);
  await rm(directory, { recursive: true, force: true });
});

describe('the running service and its document', () => {
  it('agree on every path and method', async () => {
    expect((await new Validator().validate({ ...structuredClone(document) })).errors).toBeUndefined();
    expect(document.servers).toEqual([{ url: 'https://darkroom.test' }]);
    for (const [path, operations] of Object.entries(document.paths)) {
      const address = service.url + path.replaceAll(/\{\w+\}/g, 'x');
      const options = await fetch(address, { method: 'OPTIONS' });
      const allowed = options.headers.get('allow')?.toLowerCase().split(', ') ?? [];
      expect([path, allowed.filter((method) => method !== 'head' && method !== 'options')]).toEqual([
        path,
        Object.keys(operations).sort(),
      ]);
      for (const [method, { security }] of Object.entries(operations)) {
        if (security.length === 0) continue;
        const answer = await fetch(address, { method: method.toUpperCase() });
        expect([path, method, answer.status]).toEqual([path, method, 401]);
        expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="api"');
      }
    }
  });

  it.each([
    'post /token',
    'post /token/refresh',
    'post /token/verify',
    'post /token/blacklist',
    'get /me',
    'post /me/password',
    'post /image/upload',
    'get /image/all',
    'get /image/{id}',
    'patch /image/{id}',
    'delete /image/{id}',
    'post /image/expiring',
    'get /image/expiring',
    'delete /image/expiring/{id}',
    'get /e/{token}',
    'get /image/events',
    'get /openapi.json',
    'get /docs',
    'get /',
    'get /healthz',
    'get /readyz',
    'get /metrics',
  ])('have %s', (operation) => {
    const [method = '', path = ''] = operation.split(' ');
    expect(document.paths[path]?.[method]).toBeDefined();
  });

  it('send the headers of a careful service with every answer, whoever makes it', async () => {
    for (const path of [
      '/',
      '/docs',
      '/openapi.json',
      '/healthz',
      '/metrics',
      '/image/all',
      '/e/x',
      '/objects/originals/x',
      '/admin/login',
      '/admin',
      '/nothing',
      '/.env',
      '/.git/config',
    ]) {
      const { headers } = await fetch(service.url + path, { redirect: 'manual' });
      const of = (name: string) => [path, headers.get(name)];
      expect(of('x-content-type-options')).toEqual([path, 'nosniff']);
      expect(of('strict-transport-security')).toEqual([
        path,
        expect.stringMatching(/^max-age=\d{8,}; includeSubDomains/),
      ]);
      expect(of('referrer-policy')).toEqual([path, expect.any(String)]);
      expect(of('content-security-policy')).toEqual([path, expect.stringMatching(/frame-ancestors 'none'/)]);
      expect(of('x-request-id')).toEqual([path, expect.any(String)]);
      for (const name of ['x-powered-by', 'server']) expect(of(name)).toEqual([path, null]);
      const trace = await rawHttp(service.url, `TRACE ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect([path, trace.status]).toEqual([path, 405]);
    }
  });

  it('tell no other origin anything of the panel', async () => {
    const ask = async (path: string) =>
      (await fetch(service.url + path, { headers: { origin: 'https://app.test' } })).headers.get(
        'access-control-allow-origin',
      );
    expect([await ask('/image/all'), await ask('/admin/login')]).toEqual(['https://app.test', null]);
  });

  it('build no address from a Host header', async () => {
    const answer = await rawHttp(
      service.url,
      'GET /openapi.json HTTP/1.1\r\nHost: evil.test\r\nX-Forwarded-Host: evil.test\r\nConnection: close\r\n\r\n',
    );
    expect(answer.text).not.toContain('evil.test');
  });
});
