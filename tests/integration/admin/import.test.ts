import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImportLine } from '../../../admin/import/import-router.ts';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

const post = (client: PanelClient, file: string, query = '', headers: Record<string, string> = {}) =>
  client.post(`/admin/import/users${query}`, Buffer.from(file), { 'content-type': 'text/csv', ...headers });

const linesOf = async (response: Response) =>
  (await response.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ImportLine);

describe('an import over HTTP', () => {
  it('answers line by line, first what would be, then what is', async () => {
    const client = await world.loggedIn();
    const file = 'username,tier\nfrida,Premium\ngero,Nothing\n';
    const tried = await post(client, file, '?dryRun=1');
    expect(tried.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(await linesOf(tried)).toMatchObject([
      { row: { line: 2, username: 'frida', verdict: 'new' } },
      { row: { line: 3, verdict: 'wrong', problems: ['There is no tier named Nothing.'] } },
    ]);
    expect(await world.models.Account.count({ where: { username: 'frida' } })).toBe(0);
    const [made] = await linesOf(await post(client, file));
    expect(made).toMatchObject({ row: { verdict: 'made', link: expect.stringContaining('/admin/password/') } });
    expect(await world.models.Account.count({ where: { username: 'frida' } })).toBe(1);
  });

  it('says what is wrong with the whole file, before and in the middle', async () => {
    const client = await world.loggedIn();
    const refused = await post(client, 'name\nx\n', '?dryRun=1');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ problem: { code: 'invalid_request' } });
    const many = Array.from({ length: 120 }, (_, index) => `row${index}`).join('\n');
    const lines = await linesOf(await post(client, `username\n${many}\n"open`, '?dryRun=1'));
    expect(lines.at(-1)).toMatchObject({ problem: { detail: expect.stringContaining('quotation mark') } });
    expect((await post(client, 'x'.repeat(2 * 1024 * 1024 + 1))).status).toBe(413);
  });

  it('is for who may add users, from our own page, by POST, with a CSV file', async () => {
    const admin = await world.loggedIn();
    const { client } = await world.staffWith('users.view', 'users.change');
    const file = 'username\nhugo\n';
    expect((await post(client, file)).status).toBe(403);
    expect((await post(admin, file, '', { origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await post(admin, file, '', { 'content-type': 'multipart/form-data' })).status).toBe(415);
    expect((await admin.get('/admin/import/users')).status).toBe(405);
    expect((await post(world.client(), file)).status).toBe(401);
    expect(await world.models.Account.count({ where: { username: 'hugo' } })).toBe(0);
  });
});
