import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildAccount } from '../../support/builders/build-account.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
beforeAll(async () => {
  world = await openPanelWorld();
  client = await world.loggedIn();
  const premium = await world.models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
  const people = [
    { username: 'maria', email: 'maria@example.org', tierId: premium.id },
    { username: 'Mario', email: '', tierId: world.tier.id },
    { username: 'under_score', email: 'a@b.example', tierId: world.tier.id, isActive: false },
    { username: 'underXscore', email: '', tierId: world.tier.id },
  ];
  for (const [days, person] of people.entries()) {
    await buildAccount(world.models, { ...person, dateJoined: new Date(Date.UTC(2026, 0, 1 + days, 12)) });
  }
  const maria = await world.models.Account.findOne({ where: { username: 'maria' }, rejectOnEmpty: true });
  for (const name of ['100%.png', '100x.png', 'red old car.png', 'old red bus.png', 'back\\slash.png', "quo'te.png"]) {
    await world.addImage({ ownerId: maria.id, name, status: name.startsWith('red') ? 'failed' : 'ready' });
  }
});
afterAll(() => world.close());

async function names(resource: string, query: Record<string, string> | string): Promise<unknown[]> {
  const answer = await client.list(resource, query);
  expect(answer.status).toBe(200);
  return answer.records.map(({ title }) => title).sort();
}

describe('the search of a list', () => {
  it.each([
    ['whatever the case', 'users', 'MARI', ['Mario', 'maria']],
    ['in several fields', 'users', 'b.example', ['under_score']],
    ['with every word somewhere', 'users', 'maria example', ['maria']],
    ['with no word left out', 'users', 'maria nowhere', []],
    ['with _ as itself', 'users', 'under_score', ['under_score']],
    ['with % as itself', 'images', '100%', ['100%.png']],
    ['with a backslash as itself', 'images', 'back\\slash', ['back\\slash.png']],
    ['with a quote as itself', 'images', "quo'te", ["quo'te.png"]],
    ['words in any order', 'images', 'red old', ['old red bus.png', 'red old car.png']],
    ['quoted words together', 'images', '"red old"', ['red old car.png']],
    ['by the name of the owner', 'images', 'maria 100x', ['100x.png']],
    ['nothing but spaces: everything', 'tiers', '   ', ['Basic', 'Enterprise', 'Premium']],
    ['SQL as text', 'users', "' OR 1=1 --", []],
    ['what looks like a placeholder', 'images', '$1 :name ? $$', []],
    ['a null byte', 'users', 'mari\0a', ['maria']],
  ])('finds %s', async (_, resource, query, expected) => {
    expect(await names(resource, { query })).toEqual(expected);
  });

  it('finds a record by its id', async () => {
    expect(await names('users', { query: world.admin.id })).toEqual(['admin']);
  });

  it('takes a search of any length', async () => {
    expect(await names('users', { query: 'long '.repeat(2_000) })).toEqual([]);
  });
});

describe('the filters of a list', () => {
  it.each([
    ['a choice', 'images', { 'filters.status': 'failed' }, ['red old car.png']],
    ['several choices', 'images', 'filters.status.0=failed&filters.status.1=processing', ['red old car.png']],
    ['yes or no', 'users', { 'filters.isActive': 'false' }, ['under_score']],
    ['two filters', 'users', { 'filters.isActive': 'true', 'filters.username': 'under' }, ['underXscore']],
    ['% as itself', 'images', { 'filters.name': '0%' }, ['100%.png']],
    [
      'a range',
      'users',
      'filters.dateJoined~~from=2026-01-02&filters.dateJoined~~to=2026-01-03',
      ['Mario', 'under_score'],
    ],
    ['a range with dots', 'users', { 'filters.dateJoined.to': '2026-01-01' }, ['maria']],
    ['an empty value: no filter', 'tiers', { 'filters.name': '' }, ['Basic', 'Enterprise', 'Premium']],
  ])('take %s', async (_, resource, query, expected) => {
    expect(await names(resource, query)).toEqual(expected);
  });

  it('take a reference', async () => {
    const tier = await world.models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
    expect(await names('users', { 'filters.tierId': tier.id })).toEqual(['maria']);
  });

  it.each([
    ['a status there is not', 'images', { 'filters.status': 'exploded' }],
    ['an id that is none', 'users', { 'filters.id': '7' }],
    ['a reference that is none', 'users', { 'filters.tierId': 'x' }],
    ['a boolean that is none', 'users', { 'filters.isActive': 'maybe' }],
    ['a number that is none', 'links', { 'filters.height': 'tall' }],
    ['a number that is huge', 'links', { 'filters.height': '99999999999999999999' }],
    ['a date that is none', 'users', { 'filters.dateJoined.from': 'yesterday' }],
    ['a year that is none', 'users', { 'filters.dateJoined.from': '+275000-01-01' }],
    ['a date without its ends', 'users', { 'filters.dateJoined': '2026' }],
    ['text in pieces', 'users', 'filters.username.a=x&filters.username.b=y'],
    ['text twice', 'users', 'filters.username=x&filters.username=y'],
  ])('find nothing, and are no error, with %s', async (_, resource, query) => {
    expect(await names(resource, query as Record<string, string>)).toEqual([]);
  });
});

describe('the pages of a list', () => {
  it('come in the order that was asked for, ties by id', async () => {
    const answer = await client.list('users', { sortBy: 'username', direction: 'asc', perPage: '2', page: '2' });
    expect(answer.meta).toEqual({ total: 5, page: 2, perPage: 2, sortBy: 'username', direction: 'asc' });
    expect(answer.records.map(({ title }) => title)).toEqual(['Mario', 'under_score']);
  });

  it.each([
    ['page', '0', { page: 1 }],
    ['page', '-5', { page: 1 }],
    ['page', 'two', { page: 1 }],
    ['page', '1e9', { page: 1 }],
    ['page', '999999999', { page: 1_000_000 }],
    ['page', '99999999999999999999', { page: 1 }],
    ['perPage', '0', { perPage: 1 }],
    ['perPage', '-1', { perPage: 25 }],
    ['perPage', '100000', { perPage: 500 }],
    ['perPage', 'NaN', { perPage: 25 }],
    ['direction', 'sideways', { direction: 'desc' }],
    ['sortBy', 'username; DROP TABLE users', { sortBy: 'dateJoined' }],
  ])('take %s=%s', async (name, value, meta) => {
    const answer = await client.list('users', { [name]: value });
    expect(answer.status).toBe(200);
    expect(answer.meta).toMatchObject(meta);
  });

  it('need a fixed number of queries, however many records there are', async () => {
    const queries: string[] = [];
    world.sequelize.addHook('beforeQuery', 'count', (_, query) => {
      queries.push(String((query as { sql?: string }).sql));
    });
    await client.list('images', { perPage: '1' });
    const one = queries.splice(0).length;
    await client.list('images', { perPage: '6' });
    world.sequelize.removeHook('beforeQuery', 'count');
    expect(one).toBeGreaterThan(3);
    expect(queries).toHaveLength(one);
  });
});
