import { hash } from 'node:crypto';
import vm from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { docsScript } from '../../../server/http/pages/docs-page.ts';
import { allRoutes } from '../../support/all-routes.ts';
import { rawHttp } from '../../support/raw-http.ts';
import { type ServedRoutes, serveRoutes } from '../../support/serve-routes.ts';

let served: ServedRoutes;
beforeAll(async () => {
  served = await serveRoutes(allRoutes('https://darkroom.test/photos'));
});
afterAll(() => served.close());
const ask = (path: string, headers: Record<string, string> = {}) => fetch(served.url + path, { headers });

describe('the pages of the service', () => {
  it.each(['/', '/docs', '/docs/', '/api/docs'])('%s is HTML that loads nothing from elsewhere', async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const html = await answer.text();
    expect(html).toMatch(/^<!doctype html>/);
    for (const [, address = ''] of html.matchAll(/(?:src|href|action)="([^"]*)"/g))
      expect(address).toMatch(/^\/photos\//);
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const directive of ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(directive);
    }
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    for (const [, style = ''] of html.matchAll(/<style>(.*?)<\/style>/gs)) {
      expect(policy).toContain(`'sha256-${hash('sha256', style, 'base64')}'`);
    }
    expect(html).not.toMatch(/<script>|\son\w+=|style="/);
  });

  it('serves every file that the documentation page names, compressed, to be kept', async () => {
    const html = await (await ask('/docs')).text();
    const files = [...html.matchAll(/(?:src|href)="\/photos(\/docs\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(files).toHaveLength(5);
    for (const file of files) {
      const answer = await ask(file, { 'accept-encoding': 'gzip' });
      expect([file, answer.status]).toEqual([file, 200]);
      expect(answer.headers.get('content-encoding')).toBe('gzip');
      expect(answer.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(answer.headers.get('content-type')).toMatch(/^(text\/(css|javascript); charset=utf-8|image\/png)$/);
      const etag = answer.headers.get('etag') ?? '';
      expect((await ask(file, { 'accept-encoding': 'gzip', 'if-none-match': etag })).status).toBe(304);
      expect((await ask(file, { 'accept-encoding': 'identity', 'if-none-match': etag })).status).toBe(200);
      expect((await ask(file.replace(/\?.*/, '?v=old'))).headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('serves no other file', async () => {
    for (const path of [
      '/docs/package.json',
      '/docs/index.html',
      '/docs/..%2fpackage.json',
      '/docs/__proto__',
      '/docs/constructor',
    ]) {
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    }
    const raw = await rawHttp(served.url, 'GET /docs/../package.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(raw.status).toBe(404);
  });

  it('has a script that a browser can read, which sends nothing elsewhere', () => {
    expect(() => new vm.Script(docsScript)).not.toThrow();
    expect(docsScript).not.toMatch(/https?:|localStorage|sessionStorage|innerHTML/);
  });
});

describe('GET /openapi.json', () => {
  it.each(['/', '/docs', '/openapi.json'])('says that %s is 304 while it is the same', async (path) => {
    const etag = (await ask(path)).headers.get('etag') ?? '';
    expect((await ask(path, { 'if-none-match': etag })).status).toBe(304);
    const { paths } = (await (await ask('/openapi.json')).json()) as { paths: Record<string, { get: object }> };
    expect(paths[path]?.get).toHaveProperty(['responses', '304']);
  });

  it('is the document, with the public address, and 304 while it is the same', async () => {
    const answer = await ask('/openapi.json');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const document = (await answer.json()) as { openapi: string; servers: unknown; paths: Record<string, unknown> };
    expect(document.openapi).toBe('3.1.0');
    expect(document.servers).toEqual([{ url: 'https://darkroom.test/photos' }]);
    for (const path of ['/', '/docs', '/openapi.json', '/e/{token}', '/image/upload']) {
      expect(document.paths).toHaveProperty([path]);
    }
    const etag = answer.headers.get('etag') ?? '';
    expect((await ask('/openapi.json', { 'if-none-match': etag })).status).toBe(304);
    expect((await ask('/api/openapi.json/')).status).toBe(200);
  });

  it('has no path that is not routed', async () => {
    const { paths } = (await (await ask('/openapi.json')).json()) as { paths: Record<string, Record<string, unknown>> };
    for (const [path, operations] of Object.entries(paths)) {
      const address = path.replaceAll(/\{\w+\}/g, 'x');
      for (const method of Object.keys(operations)) {
        const answer = await fetch(served.url + address, { method: method.toUpperCase() });
        expect([path, method, answer.status]).not.toEqual([path, method, 405]);
        if (!path.includes('{')) expect([path, answer.status]).not.toEqual([path, 404]);
      }
      const options = await fetch(served.url + address, { method: 'OPTIONS' });
      const allowed = options.headers.get('allow')?.toLowerCase().split(', ') ?? [];
      expect(allowed.filter((method) => method !== 'head' && method !== 'options')).toEqual(
        Object.keys(operations).sort(),
      );
    }
  });
});
