import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminPassword, openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

const list = '/admin/api/resources/users/actions/list';

describe('a session reads who it belongs to anew for each request', () => {
  it.each([
    ['is deactivated', { isActive: false }],
    ['is no staff any more', { isStaff: false }],
    ['has a new password', { tokenGeneration: 2 }],
  ])('and is over when the account %s', async (_, change) => {
    const { account, client } = await world.staffWith('users.view');
    expect((await client.get(list)).status).toBe(200);
    await account.update(change);
    expect((await client.get(list)).status).toBe(401);
    expect((await client.get('/admin')).status).toBe(302);
    await account.update({ isActive: true, isStaff: true, tokenGeneration: 1 });
    expect((await client.get(list)).status).toBe(401);
  });

  it('and is over when the account is deleted', async () => {
    const { account, client } = await world.staffWith('users.view');
    await account.destroy();
    expect((await client.get(list)).status).toBe(401);
  });

  it('and loses a permission at once', async () => {
    const { account, client } = await world.staffWith('users.view');
    expect((await client.get(list)).status).toBe(200);
    await world.models.AccountPermission.destroy({ where: { accountId: account.id } });
    expect((await client.get(list)).status).toBe(403);
  });

  it('and ends, with all others of that account, when somebody sets its password in the panel', async () => {
    const { account, client } = await world.staffWith('users.view');
    const another = await world.loggedIn(account.username);
    const admin = await world.loggedIn();
    const password = 'a quite different lamp';
    const answer = await admin.act('users', account.id, 'setPassword', { password, passwordAgain: password });
    expect(answer.status).toBe(200);
    for (const one of [client, another]) expect((await one.get(list)).status).toBe(401);
    expect((await world.client().login(account.username, adminPassword)).status).toBe(401);
    expect((await world.client().login(account.username, password)).status).toBe(303);
    expect((await admin.get(list)).status).toBe(200);
  });
});
