import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PanelClient } from '../../support/panel/panel-client.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

interface Section {
  section: { entries: { who: string; what: string; changes: object[] }[]; hasMore: boolean; mayReadLog: boolean };
}

describe('the history of a record', () => {
  it('says who did what, from what to what, the newest first, and never a secret', async () => {
    const admin = await world.loggedIn();
    const password = 'three green leaves';
    const made = await admin.create('users', {
      username: 'maria',
      password,
      passwordAgain: password,
      email: '',
      tierId: world.tier.id,
      isActive: true,
    });
    const id = /records\/([^/]+)/.exec(made.redirectUrl ?? '')?.[1] ?? '';
    await admin.act('users', id, 'edit', { email: 'maria@example.org', isStaff: true, version: 1 });
    await admin.act('users', id, 'setPassword', { password: 'another lamp here', passwordAgain: 'another lamp here' });

    const answer = await admin.get(`/admin/api/resources/users/records/${id}/history`);
    const text = await answer.text();
    const { entries, hasMore } = (JSON.parse(text) as Section).section;
    expect(entries.map(({ who, what }) => `${who} ${what}`)).toEqual([
      'admin set the password',
      'admin changed it',
      'admin added it',
    ]);
    expect(entries[1]?.changes).toEqual([
      { field: 'e-mail', from: '–', to: 'maria@example.org' },
      { field: 'staff', from: 'no', to: 'yes' },
    ]);
    expect(hasMore).toBe(false);
    expect(text).not.toContain('another lamp');
    expect(text).not.toContain('$argon2');
  });

  it('is for who may see the record alone', async () => {
    const address = `/admin/api/resources/users/records/${world.admin.id}/history`;
    const { client: blind } = await world.staffWith('tiers.view');
    expect((await blind.get(address)).status).toBe(403);
    const leadsToLog = async (client: PanelClient) =>
      ((await (await client.get(address)).json()) as Section).section.mayReadLog;
    const { client: seeing } = await world.staffWith('users.view');
    expect(await leadsToLog(seeing)).toBe(false);
    const { client: reading } = await world.staffWith('users.view', 'log.view');
    expect(await leadsToLog(reading)).toBe(true);
  });
});

describe('the log', () => {
  it('names each entry in words and knows which records can be opened still', async () => {
    const admin = await world.loggedIn();
    const { account } = await world.staffWith();
    await admin.act('users', account.id, 'edit', { email: 'a@example.org', version: account.version });
    const entry = async (action: string) =>
      (await admin.list('log', { 'filters.action': action, 'filters.recordId': account.id })).records[0];
    const changed = await entry('change');
    expect(changed?.title).toBe(`admin changed it: ${account.username}`);
    expect(changed?.params.isThere).toBe(true);
    await admin.act('users', account.id, 'delete');
    expect((await entry('delete'))?.params.isThere).toBe(false);
    expect((await entry('change'))?.params.isThere).toBe(false);
  });

  it('holds failed logins, under the name of the account, and never under what else was typed', async () => {
    await world.client().login('ADMIN ', 'a wrong lamp here');
    await world.client().login('my secret lamp typed too early', 'a wrong lamp here');
    const admin = await world.loggedIn();
    const { records } = await admin.list('log', { 'filters.action': 'login_failed' });
    expect(records[0]?.title).toBe('Somebody failed to log in');
    expect(records[1]?.title).toMatch(/failed to log in.*admin/);
    expect(JSON.stringify(records)).not.toContain('too early');
  });
});

describe('the log, for who may not see every kind of record', () => {
  it('tells them of a change of their own, and not what was there before it', async () => {
    const { account: other } = await world.staffWith();
    await other.update({ email: 'before-it@example.org' });
    const read = async (...rights: string[]) => {
      const { client } = await world.staffWith('log.view', 'users.change', ...rights);
      const { version } = await other.reload();
      const email = `${crypto.randomUUID()}@example.org`;
      expect((await client.act('users', other.id, 'edit', { email, version })).status).toBe(200);
      const { text, meta } = await client.list('log', { 'filters.recordId': other.id });
      return { entries: meta.total, isTold: text.includes('before-it@example.org') };
    };
    expect(await read()).toEqual({ entries: 1, isTold: false });
    await other.update({ email: 'before-it@example.org' });
    expect((await read('users.view')).isTold).toBe(true);
  });

  it('has the entries of the kinds that they may see, and their own, wherever it is read', async () => {
    const admin = await world.loggedIn();
    const { account: other } = await world.staffWith();
    await admin.act('users', other.id, 'edit', { email: 'unseen@example.org', version: other.version });
    await admin.create('tiers', { name: 'Visible', thumbnailHeights: [300] });
    const { client, account } = await world.staffWith('log.view', 'log.export', 'tiers.view');

    const { records, meta } = await client.list('log', { perPage: '500' });
    const kinds = records.map(({ params }) => (params.actorName === account.username ? 'own' : params.resource));
    expect(new Set(kinds)).toEqual(new Set(['own', 'tiers']));
    expect(meta.total).toBe(records.length);
    expect((await admin.list('log')).meta.total).toBeGreaterThan(meta.total);

    const hidden = (await admin.list('log', { 'filters.recordId': other.id })).records[0]?.id ?? '';
    expect((await client.show('log', hidden)).status).toBe(404);
    for (const [name, value] of [
      ['query', other.username],
      ['filters.recordId', other.id],
      ['filters.id', hidden],
    ]) {
      expect((await client.list('log', `${name}=${value}`)).meta.total).toBe(0);
    }
    const read = async (path: string) => (await client.get(`/admin/api/${path}`)).text();
    const searched = await read(`resources/log/actions/search/${other.username}`);
    const facets = await read('resources/log/actions/facets');
    const { facets: counted } = JSON.parse(facets) as {
      facets: { name: string; choices: { value: string; count: number }[] }[];
    };
    const byKind = counted.find(({ name }) => name === 'resource')?.choices ?? [];
    expect(byKind.reduce((sum, { count }) => sum + count, 0)).toBe(meta.total);
    const dashboard = await read('dashboard');
    expect((JSON.parse(dashboard) as { counts: object }).counts).toMatchObject({ log: meta.total });
    expect(dashboard).toContain('Visible');
    const file = await client.post('/admin/export/log.json');
    const exported = await file.text();
    const itself = 1;
    expect(JSON.parse(exported)).toHaveLength(meta.total + itself);
    for (const text of [searched, facets, dashboard, exported]) {
      expect(text).not.toContain(other.username);
      expect(text).not.toContain('unseen@example.org');
    }
  });
});
