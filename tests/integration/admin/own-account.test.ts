import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminPassword, openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

const page = '/admin/api/pages/account';

describe('the page of one’s own account', () => {
  it('tells how and where one is logged in, and nothing of the hash itself', async () => {
    const { account, client } = await world.staffWith();
    await world.loggedIn(account.username);
    const text = await (await client.get(page)).text();
    const { access } = JSON.parse(text) as { access: { password: string; sessions: { address: string }[] } };
    expect(access.password).toMatch(/^argon2id, \d+ MiB, \d+ passes, salted$/);
    expect(access.sessions).toHaveLength(2);
    expect(access.sessions[0]?.address).toMatch(/127\.0\.0\.1|::1/);
    expect(text).not.toContain(account.passwordHash?.split('$').at(-1));
  });

  it('changes the password, given the current one, and ends every session', async () => {
    const { account, client } = await world.staffWith();
    const other = await world.loggedIn(account.username);
    const change = (values: object) => client.post(page, { do: 'changePassword', ...values });
    const fresh = 'a quite different lamp';

    const wrong = await change({ current: 'not it at all', new: fresh, newAgain: fresh });
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ problem: { errors: [{ path: 'current' }] } });
    const differing = await change({ current: adminPassword, new: fresh, newAgain: 'something else' });
    expect(await differing.json()).toMatchObject({ problem: { errors: [{ path: 'newAgain' }] } });
    const weak = await change({ current: adminPassword, new: 'password1234', newAgain: 'password1234' });
    expect(await weak.json()).toMatchObject({ problem: { code: 'weak_password', errors: [{ path: 'new' }] } });
    expect((await other.get(page)).status).toBe(200);

    const done = await change({ current: adminPassword, new: fresh, newAgain: fresh });
    expect(await done.json()).toMatchObject({ hasEnded: true });
    expect((await client.get(page)).status).toBe(401);
    expect((await other.get(page)).status).toBe(401);
    expect((await world.client().login(account.username, adminPassword)).status).toBe(401);
    expect((await world.client().login(account.username, fresh)).status).toBe(303);
  });

  it('logs one out everywhere, without any permission', async () => {
    const { account, client } = await world.staffWith();
    const other = await world.loggedIn(account.username);
    expect((await client.post(page, { do: 'endSessions' })).status).toBe(200);
    for (const one of [client, other]) expect((await one.get(page)).status).toBe(401);
  });

  it('takes no POST of another site', async () => {
    const { client } = await world.staffWith();
    const foreign = await client.post(page, { do: 'endSessions' }, { origin: 'https://elsewhere.example' });
    expect(foreign.status).toBe(403);
    expect((await client.get(page)).status).toBe(200);
  });
});

describe('the access of somebody else', () => {
  const section = (id: string) => `/admin/api/resources/users/records/${id}/access`;

  it('is shown to who may change users, who can end it', async () => {
    const { account, client: victim } = await world.staffWith();
    const { client } = await world.staffWith('users.view', 'users.change');
    expect(await (await client.get(section(account.id))).json()).toMatchObject({ section: { sessions: [{}] } });
    const answer = await client.post(section(account.id));
    expect(await answer.json()).toMatchObject({ notice: { type: 'success' } });
    expect((await victim.get(page)).status).toBe(401);
    const entry = await world.models.AuditEntry.findOne({ where: { recordId: account.id }, order: [['id', 'DESC']] });
    expect(entry?.action).toBe('end_sessions');
  });

  it('is hidden from others, and a superuser’s stays as it is', async () => {
    const { client: seeing } = await world.staffWith('users.view');
    expect((await seeing.get(section(world.admin.id))).status).toBe(403);
    const admin = await world.loggedIn();
    const { client: changing } = await world.staffWith('users.view', 'users.change');
    expect((await changing.post(section(world.admin.id))).status).toBe(403);
    expect((await admin.get(page)).status).toBe(200);
  });

  it('can be read by those who may change that account: not a superuser’s, nor of staff with more rights', async () => {
    await world.loggedIn();
    const { account: more } = await world.staffWith('images.delete');
    const { account: own, client } = await world.staffWith('users.view', 'users.change');
    for (const id of [world.admin.id, more.id]) {
      const answer = await client.get(section(id));
      const text = await answer.text();
      expect(answer.status).toBe(403);
      expect(text).toContain('permissions that you do not have');
      expect(text).not.toMatch(/"sessions"|argon2id|127\.0\.0\.1/);
      expect((await client.show('users', id)).record.recordActions.map(({ name }) => name)).not.toContain('access');
    }
    expect((await client.get(section(own.id))).status).toBe(200);
    expect((await client.show('users', own.id)).record.recordActions.map(({ name }) => name)).toContain('access');
  });
});
