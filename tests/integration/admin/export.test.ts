import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { csvLine } from '../../../admin/export/export-format.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
let client: PanelClient;
beforeAll(async () => {
  world = await openPanelWorld();
  client = await world.loggedIn();
  await buildAccount(world.models, { username: '@anna', email: '=1+1@example.org', tierId: world.tier.id });
  await buildAccount(world.models, { username: 'bert', email: '', tierId: world.tier.id });
  await world.addImage({ ownerId: world.admin.id, name: '=cmd|"/c calc"!A1,\n.png' });
});
afterAll(() => world.close());

async function exported(path: string, by = client) {
  const response = await by.post(`/admin/export/${path}`, new URLSearchParams());
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('an export', () => {
  it('is a file with what the search and the filters match', async () => {
    const { status, headers, text } = await exported('users.csv?query=bert&filters.isStaff=false');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="users-\d{4}-\d\d-\d\d\.csv"$/);
    const [head, first, ...rest] = text.split('\r\n');
    expect(head).toMatch(/^"id","username","email","tierId",/);
    expect(first).toContain('"bert","",');
    expect(rest).toEqual(['']);
  });

  it('is JSON as well, empty where nothing matches', async () => {
    const { headers, text } = await exported('users.json?filters.isStaff=false');
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    const records = JSON.parse(text) as { username: string; groupIds: string[] }[];
    expect(records.map(({ username }) => username)).toEqual(['@anna', 'bert']);
    expect(records[0]?.groupIds).toEqual([]);
    expect(JSON.parse((await exported('users.json?query=nobody')).text)).toEqual([]);
  });

  it('starts no formula in a spreadsheet', async () => {
    const users = await exported('users.csv?query=anna');
    expect(users.text).toContain(`"'@anna","'=1+1@example.org"`);
    const images = await exported('images.csv');
    expect(images.text).toContain(`"'=cmd|""/c calc""!A1,\n.png"`);
    expect(csvLine(['+1', '-1', '\tx', '\rx', '＝1', 'a=b', -1, ['=a', 'b']])).toBe(
      `"'+1","'-1","'\tx","'\rx","'＝1","a=b","-1","'=a b"\r\n`,
    );
  });

  it('has declared columns alone, and no address that opens a file', async () => {
    for (const path of ['users.csv', 'users.json', 'images.csv', 'images.json', 'links.csv', 'log.json']) {
      const { status, text } = await exported(path);
      expect([path, status]).toEqual([path, 200]);
      expect(text).not.toMatch(/argon2|passwordHash|tokenGeneration|objectKey|X-Amz|previewUrl/);
    }
  });

  it('is more than one batch long', async () => {
    const rows = Array.from({ length: 1_203 }, (_, index) => ({
      id: `0199bbbb-0000-7000-8000-${String(index).padStart(12, '0')}`,
      action: 'tested',
      recordTitle: `entry ${index}`,
    }));
    await world.models.AuditEntry.bulkCreate(rows);
    const { text } = await exported('log.json?filters.action=tested');
    const titles = (JSON.parse(text) as { recordTitle: string }[]).map(({ recordTitle }) => recordTitle);
    expect(titles).toEqual(rows.map(({ recordTitle }) => recordTitle));
  });

  it('needs the right to see and the right to export', async () => {
    for (const rights of [['users.view'], ['users.export'], ['images.view', 'images.export']]) {
      const { client: other } = await world.staffWith(...rights);
      const { status, text } = await exported('users.csv', other);
      expect([rights, status]).toEqual([rights, 403]);
      expect(text).not.toContain('bert');
    }
    const { client: other } = await world.staffWith('users.view', 'users.export');
    expect((await exported('users.csv', other)).status).toBe(200);
    expect((await exported('users.csv', world.client())).status).toBe(401);
  });

  it('is a POST of our own page', async () => {
    expect((await client.get('/admin/export/users.csv')).status).toBe(405);
    const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect((await client.post('/admin/export/users.csv', new URLSearchParams(), foreign)).status).toBe(403);
    expect((await exported('users.exe')).status).toBe(404);
    expect((await exported('constructor.csv')).status).toBe(404);
  });

  it('stands in the log, with what was asked for', async () => {
    const { account, client: other } = await world.staffWith('links.view', 'links.export');
    await exported('links.csv?query=cat&filters.condition=live', other);
    const exports = await world.models.AuditEntry.findAll({ where: { actorId: account.id, action: 'export' } });
    expect(exports).toHaveLength(1);
    expect(exports[0]).toMatchObject({
      resource: 'links',
      changes: {
        format: { to: 'csv' },
        records: { to: 0 },
        search: { to: 'cat' },
        filters: { to: { condition: 'live' } },
      },
    });
    expect(exports[0]?.actorName).toBe(account.username);
  });
});
