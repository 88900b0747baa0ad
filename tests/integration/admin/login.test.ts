import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildAccount } from '../../support/builders/build-account.ts';
import { adminPassword, openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

function sessionId(cookie: string | undefined): string {
  return (
    decodeURIComponent(cookie?.split('=')[1] ?? '')
      .replace(/^s:/, '')
      .split('.')[0] ?? ''
  );
}

describe('the login page', () => {
  it('is our own, with a title, the right fields and no foreign host', async () => {
    const response = await world.client().get('/admin/login/?next=/admin/resources/images');
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(html).toContain('<title>Log in · Darkroom</title>');
    expect(html).toContain('autocomplete="username"');
    expect(html).toContain('autocomplete="current-password"');
    expect(html).toContain('name="next" value="/admin/resources/images"');
    expect(html).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
    expect(html).not.toMatch(/<script|adminjs/i);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('answers the same with and without a trailing slash', async () => {
    expect((await world.client().get('/admin/login')).status).toBe(200);
    expect((await world.client().get('/admin/login/')).status).toBe(200);
  });

  it('stands in front of every page, and comes back to it', async () => {
    const client = world.client();
    const response = await client.get('/admin/resources/images?filters.status=failed');
    expect(response.status).toBe(302);
    const login = String(response.headers.get('location'));
    expect(login).toBe('/admin/login/?next=%2Fadmin%2Fresources%2Fimages%3Ffilters.status%3Dfailed');
    const next = new URL(login, world.url).searchParams.get('next') ?? '';
    const entered = await client.login('admin', adminPassword, next);
    expect(entered.status).toBe(303);
    expect(entered.headers.get('location')).toBe('/admin/resources/images?filters.status=failed');
  });

  it('answers the API with 401 instead of a page', async () => {
    const response = await world.client().get('/admin/api/resources/users/actions/list');
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ problem: { code: 'not_authenticated' } });
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https://evil.example/admin',
    'javascript:alert(1)',
    '/admin/../../evil',
    '/admin//../..//evil.example',
    '/adminevil',
    '/etc',
    '/admin\r\nSet-Cookie: a=b',
    '/\t/evil.example',
    ' //evil.example',
    '/admin/logout',
    '/admin/api/resources/users/actions/list',
    '',
  ])('never leaves the panel for next=%j', async (next) => {
    const response = await world.client().login('admin', adminPassword, next);
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/admin');
    expect(response.headers.get('set-cookie')).not.toContain('a=b');
  });

  it('goes on at once when somebody is logged in already', async () => {
    const client = await world.loggedIn();
    const response = await client.get('/admin/login/?next=/admin/resources/tiers');
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('/admin/resources/tiers');
  });

  it('escapes what was typed', async () => {
    const response = await world.client().login('"><script>alert(1)</script>', 'nothing', '/admin/"><b>');
    const html = await response.text();
    expect(response.status).toBe(401);
    expect(html).toContain('&quot;&gt;&lt;script&gt;');
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<b>');
  });
});

describe('who gets in', () => {
  it('says the same to a wrong password, an unknown name, an inactive account and one that is not staff', async () => {
    await buildAccount(world.models, { username: 'nostaff', password: adminPassword, tierId: world.tier.id });
    await buildAccount(world.models, {
      username: 'gone',
      password: adminPassword,
      isStaff: true,
      isActive: false,
      tierId: world.tier.id,
    });
    const answers = await Promise.all(
      ['admin', 'unknown', 'gone', 'nostaff'].map(async (username) => {
        const response = await world.client().login(username, username === 'admin' ? 'wrong' : adminPassword);
        expect(response.status).toBe(401);
        expect(response.headers.get('set-cookie')).toBeNull();
        return (await response.text()).replace(`value="${username}"`, '');
      }),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('slows guessing down with 429 and Retry-After, for the right password as well', async () => {
    const { account } = await world.staffWith();
    const guess = (password: string) => world.client().login(account.username, password);
    for (let tries = 0; tries < 10; tries += 1) expect((await guess('wrong')).status).toBe(401);
    const blocked = await guess(adminPassword);
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await blocked.text()).toContain('Too many attempts');
    await world.sequelize.query('DELETE FROM rate_limits');
  });
});

describe('the session', () => {
  it('has a cookie that scripts and other sites do not get', async () => {
    const response = await world.client().login('admin', adminPassword);
    const cookie = String(response.headers.get('set-cookie'));
    expect(cookie).toMatch(/^darkroom_admin=/);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    expect(cookie).toMatch(/; Path=\//);
    expect(cookie).not.toMatch(/; Domain/);
  });

  it('gets a new id at the login, whatever id it came with', async () => {
    const client = await world.loggedIn();
    const before = client.cookie;
    expect((await client.get('/admin')).status).toBe(200);
    await client.login('admin', adminPassword);
    expect(sessionId(client.cookie)).not.toBe(sessionId(before));
    const old = world.client();
    old.cookie = before;
    expect((await old.get('/admin')).status).toBe(302);
  });

  it('does not take an id that somebody made up', async () => {
    const id = 'madeupmadeupmadeupmadeupmadeup12';
    const signature = createHmac('sha256', 's'.repeat(48)).update(id).digest('base64').replace(/=+$/, '');
    const client = world.client();
    client.cookie = `darkroom_admin=${encodeURIComponent(`s:${id}.${signature}`)}`;
    await client.login('admin', adminPassword);
    expect(sessionId(client.cookie)).not.toBe(id);
  });

  it('is still good when it was signed with the key before', async () => {
    const client = await world.loggedIn();
    const id = sessionId(client.cookie);
    const signed = (secret: string) => {
      const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
      const other = world.client();
      other.cookie = `darkroom_admin=${encodeURIComponent(`s:${id}.${signature}`)}`;
      return other.get('/admin/api/dashboard');
    };
    expect((await signed('older'.repeat(10))).status).toBe(200);
    expect((await signed('neither'.repeat(7))).status).toBe(401);
  });

  it('holds nothing of the account but its id', async () => {
    const client = await world.loggedIn();
    await client.get('/admin');
    const [rows] = await world.sequelize.query('SELECT sess FROM sessions WHERE sid = $1', {
      bind: [sessionId(client.cookie)],
    });
    const { sess } = rows[0] as { sess: Record<string, unknown> };
    expect(Object.keys(sess).sort()).toEqual([
      'accountId',
      'address',
      'cookie',
      'signedInAt',
      'tokenGeneration',
      'userAgent',
    ]);
  });

  it('ends by POST alone, which is in the log', async () => {
    const client = await world.loggedIn();
    const get = await client.get('/admin/logout');
    expect(get.status).toBe(405);
    expect(get.headers.get('allow')).toBe('POST');
    expect((await client.get('/admin')).status).toBe(200);

    const cookie = client.cookie;
    const out = await client.post('/admin/logout');
    expect(out.status).toBe(303);
    expect(out.headers.get('location')).toBe('/admin/login/');
    client.cookie = cookie;
    expect((await client.get('/admin')).status).toBe(302);
    const entry = await world.models.AuditEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });
    expect(entry).toMatchObject({ action: 'logout', actorName: 'admin', recordId: world.admin.id });
  });

  it('ends after eight hours without use, and after seven days whatever happens', async () => {
    const client = await world.loggedIn();
    const [rows] = await world.sequelize.query(
      "SELECT extract(epoch FROM expire AT TIME ZONE 'UTC' - now()) / 3600 AS hours FROM sessions WHERE sid = $1",
      { bind: [sessionId(client.cookie)] },
    );
    expect(Number((rows[0] as { hours: number }).hours)).toBeCloseTo(8, 1);

    const later = (days: number) => new Date(Date.now() + days * 86_400_000);
    world.clock.now = () => later(6.9);
    expect((await client.get('/admin')).status).toBe(200);
    world.clock.now = () => later(7.1);
    expect((await client.get('/admin')).status).toBe(302);
    world.clock.now = () => new Date();
    expect((await client.get('/admin')).status).toBe(302);
  });
});

describe('behind TLS', () => {
  it('has cookies that are Secure, by name too, and HSTS, without a header of the proxy', async () => {
    const secure = await openPanelWorld({ publicUrl: 'https://photos.example' });
    try {
      const response = await secure.client().login('admin', adminPassword);
      const cookie = String(response.headers.get('set-cookie'));
      expect(cookie).toMatch(/^__Host-darkroom_admin=/);
      expect(cookie).toMatch(/; Secure/);
      expect(cookie).toMatch(/; Path=\/;/);
      expect(response.headers.get('strict-transport-security')).toMatch(/max-age=63072000; includeSubDomains/);

      const chooser = secure.client();
      const chosen = await chooser.post('/admin/language', new URLSearchParams({ language: 'de' }));
      expect(chosen.headers.get('set-cookie')).toMatch(/^__Secure-darkroom_language=de;.*; Secure/);
      const german = { cookie: '__Secure-darkroom_language=de' };
      expect((await secure.client().get('/admin/login/', german)).headers.get('content-language')).toBe('de');
    } finally {
      await secure.close();
    }
  });
});
