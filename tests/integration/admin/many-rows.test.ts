import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { QueryTypes } from 'sequelize';
import { seedOf } from '../../../server/maintenance/seed/seed.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
beforeAll(async () => {
  world = await openPanelWorld();
  await seedOf(world)({ users: 1_200, images: 1_300, logEntries: 0 });
  client = await world.loggedIn();
});
afterAll(() => world.close());

async function ids(sql: string): Promise<string[]> {
  const rows = await world.sequelize.query<{ id: string }>(sql, { type: QueryTypes.SELECT });
  return rows.map(({ id }) => id);
}

describe('a list of many', () => {
  it.each([
    ['createdAt', 'desc', 'i.created_at DESC, i.id DESC'],
    ['ownerId', 'asc', 'a.username, i.id'],
    ['ownerId', 'desc', 'a.username DESC, i.id DESC'],
  ])('has the right images far from its start, by %s %s', async (sortBy, direction, order) => {
    const { records, meta } = await client.list('images', { sortBy, direction, page: '124', perPage: '10' });
    expect(meta.total).toBe(1_300);
    expect(records.map(({ id }) => id)).toEqual(
      await ids(
        `SELECT i.id FROM images i JOIN accounts a ON a.id = i.owner_id ORDER BY ${order} LIMIT 10 OFFSET 1230`,
      ),
    );
    expect(records[0]?.params['thumbnails.0.url'] ?? records[1]?.params['thumbnails.0.url']).toMatch(/^http/);
  });

  it.each([
    ['a few owners', '-0012'],
    ['more owners than are looked up one by one', '-00'],
  ])('is searched by what %s are called', async (_, word) => {
    const found = await ids(
      `SELECT i.id FROM images i JOIN accounts a ON a.id = i.owner_id WHERE a.username LIKE '%${word}%'`,
    );
    expect(found.length).toBeGreaterThan(0);
    expect((await client.list('images', { query: word })).meta.total).toBe(found.length);
    const response = await client.get(`/admin/api/resources/images/actions/facets?query=${word}`);
    const { facets } = (await response.json()) as { facets: { name: string; choices: { count: number }[] }[] };
    for (const name of ['status', 'contentType', 'ownerTier', 'createdAt']) {
      const counts = facets.find((facet) => facet.name === name)?.choices.map(({ count }) => count) ?? [];
      expect([name, counts.reduce((sum, count) => sum + count, 0)]).toEqual([name, found.length]);
    }
  });
});
