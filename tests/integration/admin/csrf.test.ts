import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
beforeAll(async () => {
  world = await openPanelWorld();
  client = await world.loggedIn();
});
afterAll(() => world.close());

const newTier = '/admin/api/resources/tiers/actions/new';
const values = { name: 'Foreign', thumbnailHeights: '100' };

function multipart(): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) form.set(name, value);
  return form;
}

const bodies: [string, () => BodyInit, Record<string, string>][] = [
  ['a form', () => new URLSearchParams(values), {}],
  ['a multipart form', multipart, {}],
  ['text/plain', () => JSON.stringify(values), { 'content-type': 'text/plain' }],
  ['fetch with JSON', () => JSON.stringify(values), { 'content-type': 'application/json' }],
];

const foreign: [string, Record<string, string>][] = [
  ['another origin', { origin: 'https://evil.example' }],
  ['an origin that is hidden', { origin: 'null' }],
  ['another port', { origin: 'http://localhost:1' }],
  ['Sec-Fetch-Site: cross-site', { 'sec-fetch-site': 'cross-site' }],
  ['Sec-Fetch-Site: same-site', { 'sec-fetch-site': 'same-site' }],
  ['the cookie alone', {}],
];

describe('a request that a foreign page made with the session of staff', () => {
  it.each(
    bodies.flatMap(([body, make, type]) => foreign.map(([from, headers]) => ({ body, make, type, from, headers }))),
  )('is refused: $body, from $from', async ({ make, type, headers }) => {
    const response = await client.fetch(newTier, { method: 'POST', body: make(), headers: { ...type, ...headers } });
    expect(response.status).toBe(403);
    expect(await world.models.Tier.count({ where: { name: 'Foreign' } })).toBe(0);
  });

  it('cannot log anybody in or out', async () => {
    const login = await world.client().fetch('/admin/login/', {
      method: 'POST',
      body: new URLSearchParams({ username: 'admin', password: 'x' }),
      headers: { origin: 'https://evil.example' },
    });
    expect(login.status).toBe(403);
    const logout = await client.fetch('/admin/logout', { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } });
    expect(logout.status).toBe(403);
    expect((await client.get('/admin')).status).toBe(200);
  });
});

describe('our own pages', () => {
  it.each([
    ['Sec-Fetch-Site', { 'sec-fetch-site': 'same-origin', origin: 'https://another-name.example' }],
    ['Origin', {}],
  ])('pass by %s', async (_, headers: Record<string, string>) => {
    const response = await client.post(newTier, { name: `Own ${Math.random()}`, thumbnailHeights: [100] }, headers);
    expect(response.status).toBe(200);
  });

  it('may be a program at the login, which has no session to misuse', async () => {
    const { username } = world.admin;
    const body = new URLSearchParams({ username, password: 'wrong' });
    expect((await world.client().fetch('/admin/login', { method: 'POST', body })).status).toBe(401);
  });
});

describe('GET', () => {
  it('changes nothing, whatever action it calls', async () => {
    const image = await world.addImage({ ownerId: world.admin.id, status: 'failed' });
    const link = await world.models.ExpiringLink.create({
      id: '0199aaaa-0000-7000-8000-000000000001',
      imageId: image.id,
      ownerId: world.admin.id,
      expireTimeSeconds: 600,
      expiresAt: new Date(Date.now() + 600_000),
    });
    const { account } = await world.staffWith();
    const calls = [
      ...['tiers', 'users', 'groups'].map((resource) => `${resource}/actions/new?name=Gotten&thumbnailHeights=100`),
      `images/records/${image.id}/retry`,
      `images/records/${image.id}/edit?name=gotten.png`,
      `images/records/${image.id}/delete`,
      `images/bulk/bulkDelete?recordIds=${image.id}`,
      `links/records/${link.id}/revoke`,
      `links/bulk/bulkRevoke?recordIds=${link.id}`,
      `users/records/${account.id}/setPassword?password=1234567890ab&passwordAgain=1234567890ab`,
      `users/records/${account.id}/delete`,
      `users/bulk/bulkDelete?recordIds=${account.id}`,
    ];
    for (const call of calls) {
      const response = await client.get(`/admin/api/resources/${call}`);
      expect([call, response.status]).toEqual([call, expect.anything()]);
      expect([200, 405]).toContain(response.status);
      if (response.status === 405) expect(response.headers.get('allow')).toBe('POST');
    }
    await image.reload();
    expect(image).toMatchObject({ name: 'cat.png', status: 'failed' });
    expect((await link.reload()).revokedAt).toBeNull();
    expect((await account.reload()).tokenGeneration).toBe(1);
    expect(await world.models.Tier.count({ where: { name: 'Gotten' } })).toBe(0);
    expect(world.requested).toEqual([]);
  });
});
