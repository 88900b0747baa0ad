import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

describe('a page of the panel', () => {
  it('runs scripts by a nonce that is new each time, and loads nothing from another host', async () => {
    const client = await world.loggedIn();
    const [first, second] = [await client.get('/admin'), await client.get('/admin')];
    const policy = String(first.headers.get('content-security-policy'));
    const nonce = /script-src 'nonce-([^']+)' 'self'/.exec(policy)?.[1];
    expect(nonce).toBeTruthy();
    for (const part of ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:\/\/(?!localhost)/);
    expect(second.headers.get('content-security-policy')).not.toContain(nonce);

    const html = await first.text();
    const scripts = html.match(/<script[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(4);
    for (const script of scripts) expect(script).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/fonts\.googleapis|(?:src|href)="https?:/);
    expect(html).not.toMatch(/ on\w+="/);
  });

  it('shows pictures of the store, wherever its URLs lead', async () => {
    const response = await (await world.loggedIn()).get('/admin');
    expect(response.headers.get('content-security-policy')).toContain(`img-src 'self' data: blob: ${world.url};`);
  });

  it('has the headers that keep a browser strict', async () => {
    const { headers } = await (await world.loggedIn()).get('/admin');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('is sent compressed', async () => {
    const { headers } = await (await world.loggedIn()).get('/admin', { 'accept-encoding': 'gzip' });
    expect(headers.get('content-encoding')).toBe('gzip');
  });

  it('writes nobody’s name into a script as it is', async () => {
    const { account, client } = await world.staffWith('users.view');
    const hostile = `</script><script>alert(1)</script>\u2028`;
    await account.update({ username: hostile });
    const html = await (await client.get('/admin')).text();
    expect(html).not.toContain('</script><script>alert');
    expect(html).toContain('\\u003c/script\\u003e\\u003cscript\\u003ealert(1)');
    expect(html).not.toContain('\u2028');
  });

  it('tells the browser of the person no more than name, id, rank, and what they may give to others', async () => {
    const { account, client } = await world.staffWith('users.view');
    const html = await (await client.get('/admin')).text();
    const session = /"session":(\{.*?"title".*?\}\}\}\})/.exec(html)?.[1];
    expect(JSON.parse(session ?? '')).toEqual({
      id: account.id,
      email: account.username,
      title: 'Staff',
      holds: ['users.view'],
      newLimits: { users: { fields: { isSuperuser: expect.any(String) } } },
    });
    expect(html).not.toContain('tokenGeneration');
  });

  it('advertises nothing', async () => {
    const html = await (await world.loggedIn()).get('/admin').then((response) => response.text());
    expect(html).toContain('<title>Darkroom</title>');
    expect(html).toContain('"withMadeWithLove":false');
    expect(html).toMatch(/"versions":\{\}/);
  });

  it('answers an address that means nothing with 404 and a page', async () => {
    const client = await world.loggedIn();
    for (const path of ['/admin/nothing', '/admin/resources/nothing', '/admin/frontend/assets/app.bundle.js']) {
      const response = await client.get(path, { accept: 'text/html' });
      expect([path, response.status]).toEqual([path, 404]);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    }
  });
});

describe('the scripts', () => {
  async function addresses(): Promise<string[]> {
    const html = await (await world.loggedIn()).get('/admin').then((response) => response.text());
    return [...html.matchAll(/(?:src|href)="(\/admin\/assets\/[^"]+\.(?:js|css))"/g)].map(
      ([, address]) => address ?? '',
    );
  }

  it('are there without a login, compressed, and kept for good', async () => {
    const all = await addresses();
    expect(all).toHaveLength(5);
    for (const address of all) {
      const plain = await world.client().get(address, { 'accept-encoding': 'identity' });
      expect(plain.status).toBe(200);
      expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(plain.headers.get('content-encoding')).toBeNull();
      for (const encoding of ['br', 'gzip']) {
        const packed = await world.client().get(address, { 'accept-encoding': encoding });
        expect(packed.headers.get('content-encoding')).toBe(encoding);
        expect(packed.headers.get('vary')).toContain('Accept-Encoding');
        expect(await packed.text()).toBe(await (await world.client().get(address)).text());
      }
      const again = await world.client().get(address, {
        'if-none-match': String(plain.headers.get('etag')),
        'accept-encoding': 'identity',
        'cache-control': 'max-age=0',
      });
      expect(again.status).toBe(304);
    }
  });

  it('are the only files: nothing beside or above them', async () => {
    for (const path of ['manifest.json', '..%2f..%2fpackage.json', 'app.0000000000000000.js', 'x%00.js']) {
      const response = await world.client().get(`/admin/assets/${path}`);
      expect([path, response.status]).toEqual([path, 404]);
    }
  });
});

describe('when the database is away', () => {
  it('answers 503 in words, and no stack', async () => {
    const client = await world.loggedIn();
    const original = world.sequelize.query;
    world.sequelize.query = () =>
      Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
    const response = await client.get('/admin/api/dashboard').finally(() => {
      world.sequelize.query = original;
    });
    expect(response.status).toBe(503);
    const text = await response.text();
    expect(text).toContain('does not answer');
    expect(text).not.toMatch(/ECONNREFUSED|at .*\.ts/);
    expect((await client.get('/admin/api/dashboard')).status).toBe(200);
  });
});
