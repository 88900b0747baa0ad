import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImportLine } from '../../../admin/import/import-router.ts';
import { maxImportBytes } from '../../../server/accounts/import-accounts.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
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
    expect((await post(client, 'x'.repeat(maxImportBytes + 1))).status).toBe(413);
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

describe('an export of users', () => {
  const verdicts = async (response: Response) =>
    (await linesOf(response)).map((line): [string, string] =>
      'row' in line ? [line.row.username, line.row.verdict] : ['', line.problem.detail],
    );
  const exported = async (client: PanelClient, query: string) => {
    const response = await client.post(`/admin/export/users.csv?${query}`, new URLSearchParams());
    return Buffer.from(await response.arrayBuffer());
  };

  it('is imported again: nobody is there twice, and whoever is gone is made as they were', async () => {
    const client = await world.loggedIn();
    const { models } = world;
    const premium = await models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
    const plain = ['@again', '+again', '-again', 'again.1', 'again_2'];
    for (const [index, username] of plain.entries()) {
      await buildAccount(models, {
        username,
        email: index % 2 === 0 ? `-${index}@example.org` : '',
        tierId: index % 2 === 0 ? premium.id : world.tier.id,
        isActive: index !== 3,
      });
    }
    await buildAccount(models, { username: 'again.staff', tierId: world.tier.id, isStaff: true });
    const facts = async () =>
      (await models.Account.findAll({ where: { username: plain }, order: ['username'] })).map(
        ({ username, email, tierId, isActive, isStaff }) => ({ username, email, tierId, isActive, isStaff }),
      );
    const before = await facts();

    const file = await exported(client, 'query=again');
    expect([...file.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const all = [...plain, 'again.staff'];
    const there = await verdicts(await client.fetch('/admin/import/users?dryRun=1', sent(file)));
    expect(Object.fromEntries(there)).toEqual(Object.fromEntries(all.map((name) => [name, 'exists'])));

    await models.Account.destroy({ where: { username: all } });
    const made = await verdicts(await client.fetch('/admin/import/users', sent(file)));
    expect(Object.fromEntries(made)).toEqual({
      ...Object.fromEntries(plain.map((name) => [name, 'made'])),
      'again.staff': 'wrong',
    });
    expect(await facts()).toEqual(before);
    expect(await models.Account.count({ where: { username: 'again.staff' } })).toBe(0);
  });

  const sent = (file: Buffer): RequestInit => ({
    method: 'POST',
    body: new Uint8Array(file),
    headers: { origin: new URL(world.publicUrl).origin, 'content-type': 'text/csv' },
  });

  it('can be saved by a spreadsheet in between', async () => {
    const client = await world.loggedIn();
    await buildAccount(world.models, { username: 'resaved', tierId: world.tier.id });
    const text = (await exported(client, 'query=resaved')).toString('utf8').slice(1);
    const saved = `\uFEFFsep=;\r\n${text.replaceAll('","', '";"').replaceAll('"true"', 'WAHR').replaceAll('\r\n', ';;\r\n')};;;\r\n`;
    const read = await verdicts(await client.fetch('/admin/import/users?dryRun=1', sent(Buffer.from(saved))));
    expect(read).toEqual([['resaved', 'exists']]);
  });
});
