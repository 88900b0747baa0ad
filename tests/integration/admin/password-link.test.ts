import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { redactUrl } from '../../../server/process/logger.ts';
import { origin } from '../../support/account-world.ts';
import { buildAccount } from '../../support/builders/build-account.ts';
import { openPanelWorld, type PanelWorld } from '../../support/panel/panel-world.ts';

const password = 'a lamp, red and dim';

let world: PanelWorld;
beforeAll(async () => {
  world = await openPanelWorld();
});
afterAll(() => world.close());

async function pathFor(accountId: string) {
  return new URL((await world.makePasswordLink(null, accountId, origin)).url).pathname;
}

const form = (first: string, again = first) => new URLSearchParams({ password: first, passwordAgain: again });

describe('the page of a link that sets a password', () => {
  it('needs no login, keeps its address to itself and shows the rules', async () => {
    const { id } = await buildAccount(world.models, { username: 'lotte', tierId: world.tier.id });
    const path = await pathFor(id);
    const response = await world.client().get(path);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(html).toContain('At least 12 characters');
    expect(html).toContain('value="lotte" autocomplete="username"');
    expect(html.match(/autocomplete="new-password"/g)).toHaveLength(2);
    expect(html).not.toMatch(/<script/);
    expect(redactUrl(path)).toBe('/admin/password/[redacted]');
  });

  it('sets the password as a browser sends it, without a referrer, and says where to log in', async () => {
    const [staff, other] = await Promise.all([
      buildAccount(world.models, { tierId: world.tier.id, isStaff: true }),
      buildAccount(world.models, { tierId: world.tier.id }),
    ]);
    const [staffPath, otherPath] = await Promise.all([pathFor(staff.id), pathFor(other.id)]);
    const forStaff = await world.client().post(staffPath, form(password), { origin: 'null' });
    expect(forStaff.status).toBe(200);
    expect(await forStaff.text()).toContain('Log in to the panel');
    expect((await world.client().login(staff.username, password)).status).toBe(303);
    const forOther = await (await world.client().post(otherPath, form(password))).text();
    expect(forOther).toContain('in the app or the program');
    expect(forOther).not.toContain('Log in to the panel');
    const again = await world.client().post(staffPath, form('another lamp, green'));
    expect(again.status).toBe(410);
    expect((await world.client().login(staff.username, password)).status).toBe(303);
  });

  it('says at the field what is wrong, and shows no password again', async () => {
    const { id } = await buildAccount(world.models, { tierId: world.tier.id });
    const path = await pathFor(id);
    const post = async (body: URLSearchParams) => {
      const response = await world.client().post(path, body);
      expect(response.status).toBe(400);
      return response.text();
    };
    expect(await post(form('short'))).toContain('Use at least 12 characters.');
    const differing = await post(form(password, 'something else here'));
    expect(differing).toContain('The two passwords differ.');
    expect(differing).not.toContain(password);
    expect(await post(form(''))).toContain('Give a password.');
  });

  it('says the same for any link that does not work', async () => {
    const { id } = await buildAccount(world.models, { tierId: world.tier.id });
    const used = await pathFor(id);
    await world.client().post(used, form(password));
    const forged = `${used.slice(0, -4)}AAAA`;
    const answers = await Promise.all(
      [used, forged, '/admin/password/nothing', '/admin/password/%E0%A4%A'].map(async (path) => {
        const response = await world.client().get(path);
        return [response.status, await response.text()] as const;
      }),
    );
    expect(answers.slice(0, 3).map(([status]) => status)).toEqual([410, 410, 410]);
    expect(new Set(answers.slice(0, 3).map(([, html]) => html)).size).toBe(1);
    expect(answers[3]?.[0]).toBeLessThan(500);
    expect((await world.client().fetch(used, { method: 'DELETE' })).status).toBe(405);
  });
});

describe('in the panel', () => {
  const made = async (username: string) => world.models.Account.findOne({ where: { username }, rejectOnEmpty: true });

  it('a user is made without a password, and a link for them is told once, to who may', async () => {
    const client = await world.loggedIn();
    const answer = await client.create('users', { username: 'nina', passwordBy: 'link', tierId: world.tier.id });
    const { id, passwordHash } = await made('nina');
    expect(passwordHash).toBeNull();
    expect(answer.redirectUrl).toMatch(/\/passwordLink$/);
    const link = await client.act('users', id, 'passwordLink');
    const { section } = link as unknown as { section: { url: string } };
    expect((await world.client().get(new URL(section.url).pathname)).status).toBe(200);
    expect((await client.show('users', id)).text).not.toContain('admin/password/');
    const looked = await client.get(`/admin/api/resources/users/records/${id}/passwordLink`);
    expect(await looked.text()).not.toContain('admin/password/');
    const { client: seeing } = await world.staffWith('users.view', 'users.add');
    expect((await seeing.act('users', id, 'passwordLink')).status).toBe(403);
    const { client: changing } = await world.staffWith('users.view', 'users.change');
    expect((await changing.act('users', world.admin.id, 'passwordLink')).status).toBe(403);
    const added = await seeing.create('users', { username: 'olga', passwordBy: 'link', tierId: world.tier.id });
    expect(added.redirectUrl).toMatch(/\/show$/);
  });

  it('a password is taken away, and nothing but a right request does so', async () => {
    const { account } = await world.staffWith();
    const client = await world.loggedIn();
    await client.act('users', account.id, 'setPassword', { unusable: 'perhaps' });
    expect((await account.reload()).passwordHash).not.toBeNull();
    await client.act('users', account.id, 'setPassword', { unusable: true });
    expect((await account.reload()).passwordHash).toBeNull();
    expect((await world.client().login(account.username, password)).status).toBe(401);
  });
});
