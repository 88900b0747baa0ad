import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld({ path: '/photos' });
});
afterAll(() => world.close());

describe('a panel under a site with a path', () => {
  it('sends to its login, and from there to the page that was asked for', async () => {
    const client = world.client();
    const asked = await client.get('/admin/resources/users');
    expect(asked.headers.get('location')).toBe('/photos/admin/login/?next=%2Fphotos%2Fadmin%2Fresources%2Fusers');
    const login = await (await client.get('/admin/login/')).text();
    expect(login).toContain('action="/photos/admin/login/"');
    const entered = await client.login('admin', 'a lamp, red and dim', '/photos/admin/resources/users');
    expect(entered.headers.get('location')).toBe('/photos/admin/resources/users');
    expect((await client.get('/admin/resources/users')).status).toBe(200);
    expect((await client.post('/admin/logout')).headers.get('location')).toBe('/photos/admin/login/');
  });

  it('keeps its cookies to itself', async () => {
    const client = world.client();
    const entered = await client.login('admin', 'a lamp, red and dim');
    expect(entered.headers.getSetCookie()[0]).toContain('; Path=/photos/admin;');
    const chosen = await client.post('/admin/language', new URLSearchParams({ language: 'en' }));
    expect(chosen.headers.getSetCookie()[0]).toContain('; Path=/photos/admin;');
  });

  it('gives every address in its pages and answers with the path', async () => {
    const client = await world.loggedIn();
    const html = await (await client.get('/admin')).text();
    expect(html).toContain('"rootPath":"/photos/admin"');
    const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => String(address));
    expect(files.length).toBeGreaterThan(4);
    for (const address of files) {
      expect(address).toMatch(/^\/photos\/admin\/assets\//);
      expect((await fetch(world.url + address)).status).toBe(200);
    }
    const added = await client.create('groups', { name: 'Night shift', permissions: [] });
    expect(added.redirectUrl).toMatch(/^\/photos\/admin\/resources\/groups\/records\/[0-9a-f-]+\/show$/);
    const missing = await client.get('/admin/nothing', { accept: 'text/html' });
    expect(await missing.text()).toContain('href="/photos/admin"');
  });
});

describe('the session of a site with TLS and a path', () => {
  it('has a cookie for its own path, beside another Darkroom on the same host', async () => {
    const other = await openPanelWorld({ publicUrl: 'https://host.example/photos' });
    try {
      const [cookie] = (await other.client().login('admin', 'a lamp, red and dim')).headers.getSetCookie();
      expect(cookie).toMatch(/^__Secure-darkroom_admin=.*; Path=\/photos\/admin;.*; Secure/);
    } finally {
      await other.close();
    }
  });
});
