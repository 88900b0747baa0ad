import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidV7 } from 'uuid';
import { buildAccount } from '../../support/builders/build-account.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
let premium: { id: string };
beforeAll(async () => {
  world = await openPanelWorld();
  client = await world.loggedIn();
  premium = await world.models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
  const people = [
    { username: 'anna', tierId: premium.id, dateJoined: at('2025-12-31T23:59:59.999Z'), lastLogin: at('2026-02-01') },
    { username: 'bert', tierId: premium.id, dateJoined: at('2026-01-01T00:00:00Z'), isActive: false },
    { username: 'carl', tierId: world.tier.id, dateJoined: at('2026-01-31T23:59:59Z'), email: 'carl@example.org' },
    { username: 'dora', tierId: world.tier.id, dateJoined: at('2026-02-01T00:00:00Z') },
  ];
  const [anna, , carl] = await Promise.all(
    people.map((person) => buildAccount(world.models, { email: '', ...person })),
  );
  const pictures = [];
  for (const [name, status] of [
    ['a1', 'ready'],
    ['a2', 'failed'],
    ['a3', 'ready'],
  ] as const) {
    pictures.push(await world.addImage({ ownerId: String(anna?.id), name, status }));
  }
  await world.addImage({ ownerId: String(carl?.id), name: 'c1', status: 'processing' });
  const soon = new Date(Date.now() + 600_000);
  const links = [
    { expiresAt: soon },
    { expiresAt: at('2026-01-01') },
    { expiresAt: soon, maxUses: 1, uses: 1 },
    { expiresAt: at('2026-01-01'), revokedAt: at('2026-01-01') },
  ];
  for (const link of links) {
    const [image] = pictures;
    await world.models.ExpiringLink.create({
      id: uuidV7(),
      imageId: String(image?.id),
      ownerId: String(anna?.id),
      expireTimeSeconds: 600,
      ...link,
    });
  }
});
afterAll(() => world.close());

function at(moment: string): Date {
  return new Date(moment);
}

interface Facet {
  name: string;
  kind: string;
  isCut: boolean;
  empty?: { yes: number; no: number };
  choices: { value: string; label: string; count: number }[];
}

async function facets(resource: string, query = '', by = client): Promise<Record<string, Facet>> {
  const response = await by.get(`/admin/api/resources/${resource}/actions/facets?${query}`);
  expect(response.status).toBe(200);
  const answer = (await response.json()) as { facets: Facet[] };
  return Object.fromEntries(answer.facets.map((facet) => [facet.name, facet]));
}

function counts(facet: Facet | undefined): Record<string, number> {
  return Object.fromEntries((facet?.choices ?? []).map(({ label, count }) => [label, count]));
}

async function titles(resource: string, query: string): Promise<string[]> {
  const answer = await client.list(resource, query);
  expect(answer.status).toBe(200);
  return answer.records.map(({ title }) => title).sort();
}

describe('the choices of a filter', () => {
  it('have what people read and how many there are, the most first', async () => {
    const { status, ownerTier, ownerId } = await facets('images');
    expect(status?.choices.map(({ label, count }) => [label, count])).toEqual([
      ['Ready', 2],
      ['Failed', 1],
      ['Processing', 1],
    ]);
    expect(counts(ownerTier)).toEqual({ Premium: 3, Basic: 1 });
    expect(counts(ownerId)).toEqual({ anna: 3, carl: 1 });
  });

  it('count what the search and the other filters let through, and not what their own takes away', async () => {
    const { status, ownerTier } = await facets('images', `filters.status=failed&filters.ownerTier=${premium.id}`);
    expect(counts(status)).toEqual({ Ready: 2, Failed: 1 });
    expect(counts(ownerTier)).toEqual({ Premium: 1 });
    expect(counts((await facets('images', 'query=c1')).status)).toEqual({ Processing: 1 });
  });

  it('by the owner’s tier are for those who may view users', async () => {
    const premium = await world.models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
    const totals = async (...rights: string[]) => {
      const { client: other } = await world.staffWith(...rights);
      const text = await (await other.get('/admin/api/resources/images/actions/facets')).text();
      const { meta } = await other.list('images', `filters.ownerTier=${premium.id}`);
      return { isOffered: text.includes('"ownerTier"'), total: meta.total };
    };
    expect(await totals('images.view')).toEqual({ isOffered: false, total: 0 });
    expect(await totals('images.view', 'users.view')).toEqual({ isOffered: true, total: 3 });
  });

  it('name what an address asks for, and no row refers to, to those who may view it alone', async () => {
    const nobody = await world.models.Account.findOne({ where: { username: 'admin' }, rejectOnEmpty: true });
    const path = `/admin/api/resources/links/actions/facets?filters.ownerId=${nobody.id}`;
    const labels = async (...rights: string[]) => {
      const { client: other } = await world.staffWith(...rights);
      return (await (await other.get(path)).text()).includes('"label":"admin"');
    };
    expect(await labels('links.view')).toBe(false);
    expect(await labels('links.view', 'users.view')).toBe(true);
  });

  it('count one and the same rows for each of several filters', async () => {
    const anna = await world.models.Account.findOne({ where: { username: 'anna' }, rejectOnEmpty: true });
    const ofOwner = await facets('images', `filters.ownerId=${anna.id}`);
    expect([ofOwner.status, ofOwner.ownerTier, ofOwner.ownerId].map(counts)).toEqual([
      { Ready: 2, Failed: 1 },
      { Premium: 3 },
      { anna: 3, carl: 1 },
    ]);
    const people = await facets('users', 'filters.isStaff=false');
    expect([people.isActive, people.tierId, people.lastLogin].map(counts)).toEqual([
      { true: 3, false: 1 },
      { Premium: 2, Basic: 2 },
      { '2026': 1 },
    ]);
  });

  it('name what is chosen even where nothing has it', async () => {
    const { status } = await facets('images', 'query=c1&filters.status=ready');
    expect(counts(status)).toEqual({ Processing: 1, Ready: 0 });
  });

  it('are for who may see the list alone, and show no column that the panel does not have', async () => {
    const { client: other } = await world.staffWith('tiers.view');
    expect((await other.get('/admin/api/resources/users/actions/facets')).status).toBe(403);
    const all = await facets('users', 'filters.passwordHash=x&filters.passwordHash.in=2026');
    expect(Object.keys(all)).toEqual([
      'tierId',
      'isActive',
      'isStaff',
      'isSuperuser',
      'email',
      'dateJoined',
      'lastLogin',
    ]);
    expect(JSON.stringify(all)).not.toMatch(/argon2|example\.org/);
  });

  it('survive anything in the address', async () => {
    const hostile = ["'; DROP TABLE users --", '\0', '%', 'x'.repeat(5_000), '{}', '99999-99'];
    for (const value of hostile) {
      for (const name of [
        'status',
        'ownerTier',
        'ownerId',
        'createdAt',
        'createdAt.in',
        'createdAt.empty',
        'nothing',
      ]) {
        const query = new URLSearchParams({ [`filters.${name}`]: value }).toString();
        await facets('images', query);
        expect((await client.list('images', query)).status).toBe(200);
      }
    }
  });
});

describe('a filter', () => {
  it('takes several values', async () => {
    expect(await titles('images', 'filters.status=failed&filters.status=processing')).toEqual(['a2', 'c1']);
  });

  it('reaches across a relation', async () => {
    expect(await titles('images', `filters.ownerTier=${premium.id}`)).toEqual(['a1', 'a2', 'a3']);
    expect(await titles('images', `filters.ownerTier=${premium.id}&filters.ownerTier=${world.tier.id}`)).toHaveLength(
      4,
    );
    expect(await titles('images', "filters.ownerTier=') OR ('1'='1")).toEqual([]);
  });

  it.each([
    ['live', 1],
    ['ended', 1],
    ['used up', 1],
    ['revoked', 1],
    ['nothing of the kind', 0],
  ])('finds links that are %s', async (condition, count) => {
    const { meta, records } = await client.list('links', { 'filters.condition': condition });
    expect(meta.total).toBe(count);
    for (const record of records) expect(record.params.condition).toBe(condition);
  });

  it('counts links by their state', async () => {
    const all = { Live: 1, Ended: 1, 'Used up': 1, Revoked: 1 };
    expect(counts((await facets('links')).condition)).toEqual(all);
    const { condition, expiresAt } = await facets('links', 'query=anna');
    expect(counts(condition)).toEqual(all);
    expect(expiresAt?.choices.reduce((sum, { count }) => sum + count, 0)).toBe(4);
  });

  it('knows empty and not empty', async () => {
    const { lastLogin, email } = await facets('users', 'query=anna');
    expect(lastLogin?.empty).toEqual({ yes: 0, no: 1 });
    expect(email?.empty).toEqual({ yes: 1, no: 0 });
    expect(await titles('users', `filters.lastLogin.empty=false&filters.tierId=${premium.id}`)).toEqual(['anna']);
    expect(await titles('users', 'filters.email.empty=false')).toEqual(['carl']);
    expect(await titles('users', 'filters.email.empty=true&query=dor')).toEqual(['dora']);
  });
});

describe('a date', () => {
  it('is narrowed to year, month and day, in UTC', async () => {
    const joined = async (query: string) => counts((await facets('users', `query=@&${query}`)).dateJoined);
    expect(await joined('')).toEqual({ '2026': 1 });
    const years = counts((await facets('users', 'filters.isStaff=false')).dateJoined);
    expect(years).toEqual({ '2025': 1, '2026': 3 });
    const months = counts((await facets('users', 'filters.isStaff=false&filters.dateJoined.in=2026')).dateJoined);
    expect(months).toEqual({ '2026-01': 2, '2026-02': 1 });
    const days = counts((await facets('users', 'filters.isStaff=false&filters.dateJoined.in=2026-01')).dateJoined);
    expect(days).toEqual({ '2026-01-01': 1, '2026-01-31': 1 });
  });

  it.each([
    ['2025', ['anna']],
    ['2026-01', ['bert', 'carl']],
    ['2026-01-31', ['carl']],
    ['2026-02-30', []],
    ['2026-13', []],
    ['0000', []],
    ['last year', []],
  ])('in %s finds %j', async (period, found) => {
    expect(await titles('users', `filters.isStaff=false&filters.dateJoined.in=${period}`)).toEqual(found);
  });
});

describe('the order of a list', () => {
  it('follows several columns', async () => {
    const sorted = async (sortBy: string, direction: string) =>
      (await client.list('images', { sortBy, direction })).records.map(({ title }) => title);
    expect(await sorted('status,name', 'asc,desc')).toEqual(['a2', 'c1', 'a3', 'a1']);
    expect(await sorted('status,name', 'desc,asc')).toEqual(['a1', 'a3', 'c1', 'a2']);
  });

  it('says what it is, without what cannot be sorted by', async () => {
    const { meta } = await client.list('images', { sortBy: 'status,objectKey,name,name', direction: 'desc,asc' });
    expect(meta).toMatchObject({ sortBy: 'status,name', direction: 'desc,asc' });
  });

  it('follows the name of a related record', async () => {
    const { records } = await client.list('images', { sortBy: 'ownerId,name', direction: 'desc,desc' });
    expect(records.map(({ title }) => title)).toEqual(['c1', 'a3', 'a2', 'a1']);
  });

  it('has the empty ones last, either way', async () => {
    for (const direction of ['asc', 'desc']) {
      const { records } = await client.list('users', { sortBy: 'lastLogin', direction, 'filters.isStaff': 'false' });
      expect(records[0]?.title).toBe('anna');
    }
  });
});
