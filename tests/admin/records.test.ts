import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { v7 as uuidV7 } from 'uuid';
import { buildAccount } from '../support/builders/build-account.ts';
import { buildTier } from '../support/builders/build-tier.ts';
import { browsePanel } from '../support/panel/browse-panel.ts';
import { logIn } from '../support/panel/open-browser.ts';
import { adminPassword, type PanelWorld } from '../support/panel/panel-world.ts';
import { seriousFaults } from '../support/panel/serious-faults.ts';

const panel = browsePanel();
let world: PanelWorld;
let page: Page;

beforeEach(() => {
  ({ world, page } = panel);
});

describe('a user’s page', () => {
  it('shows the history in words and the access, and logs out everywhere', async () => {
    const account = await buildAccount(world.models, { isStaff: true, password: adminPassword, tierId: world.tier.id });
    await world.loggedIn(account.username);
    const admin = await world.loggedIn();
    await admin.act('users', account.id, 'edit', { email: 'new@example.org', version: account.version });

    await logIn(page, 'admin', adminPassword, `/admin/resources/users/records/${account.id}/show`);
    const history = page.getByRole('region', { name: 'History' });
    await history.getByText('admin changed it').waitFor();
    await history.getByText(/new@example\.org/).waitFor();
    const access = page.getByRole('region', { name: 'Access' });
    await access.getByText(/argon2id/).waitFor();
    expect(await access.locator('tbody tr').count()).toBe(1);
    await access.getByRole('button', { name: 'Log out everywhere' }).click();
    await access.getByRole('button', { name: 'Yes, end all sessions and tokens' }).click();
    await access.getByText('none', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^admin/ }).click();
    await page.getByRole('heading', { name: 'Change your password' }).waitFor();
  });
});

describe('what belongs to a record', () => {
  it('is changed, taken out and deleted on its page, and leads to all of it and to another', async () => {
    const group = await world.models.Group.create({ id: uuidV7(), name: 'Printers' });
    const tier = await buildTier(world.models, { name: 'Members only' });
    const [heron, ibis] = await Promise.all(
      ['heron', 'ibis'].map((username) => buildAccount(world.models, { username, tierId: tier.id })),
    );
    await world.models.AccountGroup.create({ accountId: String(heron?.id), groupId: group.id });
    await logIn(page, 'admin', adminPassword, `/admin/resources/groups/records/${group.id}/show`);
    const users = page.getByRole('region', { name: 'Users' });
    await users.getByRole('button', { name: 'Take heron out of Printers' }).click();
    await users.getByRole('button', { name: 'Yes, take out' }).click();
    await users.getByText('There are none.').waitFor();

    await page.goto(`/admin/resources/tiers/records/${tier.id}/show`);
    await users.getByRole('button', { name: 'Edit in the list' }).click();
    await users.getByLabel('Active of heron').click();
    await users.getByRole('button', { name: 'Save 1' }).click();
    await users.getByRole('button', { name: 'Edit in the list' }).waitFor();
    expect(await heron?.reload({ include: 'groups' })).toMatchObject({ isActive: false, groups: [] });
    await users.getByRole('link', { name: 'Delete ibis' }).click();
    await page.getByRole('button', { name: 'Yes, delete it' }).click();
    await users.getByRole('link', { name: 'Delete ibis' }).waitFor({ state: 'detached' });
    await users.getByRole('link', { name: 'Delete heron' }).waitFor();
    expect(await world.models.Account.count({ where: { id: ibis?.id } })).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);

    await users.getByRole('link', { name: 'Change heron' }).click();
    await page.getByLabel('E-mail').fill('heron@example.org');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await users.getByRole('link', { name: 'New user' }).click();
    await page.getByLabel('User name').waitFor();
    await page.waitForFunction(
      () => (document.querySelector('#field-tierId') as HTMLInputElement)?.value === 'Members only',
    );
    await page.goBack();
    await users.getByRole('link', { name: 'Show them in the list' }).click();
    await page.getByRole('button', { name: 'Without Tier: Members only' }).waitFor();
  });

  it('makes the page long, and the page alone scrolls', async () => {
    await page.setViewportSize({ width: 390, height: 400 });
    await logIn(page, 'admin', adminPassword, `/admin/resources/users/records/${world.admin.id}/show`);
    await page.getByText('Drop images here').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollHeight)).toBe(400);
  });
});

describe('one’s own account', () => {
  it('changes the password, and asks for a login with the new one', async () => {
    const account = await buildAccount(world.models, { isStaff: true, password: adminPassword, tierId: world.tier.id });
    await logIn(page, account.username, adminPassword, '/admin/pages/account');
    await page.getByLabel('Current password').fill('something else here');
    await page.getByLabel('New password', { exact: true }).fill('a quite different lamp');
    await page.getByLabel('New password again').fill('a quite different lamp');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('This is not your current password.').waitFor();
    await page.getByLabel('Current password').fill(adminPassword);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByRole('heading', { name: 'Log in to the panel' }).waitFor();
    await logIn(page, account.username, 'a quite different lamp');
    await page.getByRole('heading', { name: 'Darkroom' }).waitFor();
  });
});

describe('the form of a tier', () => {
  it('says before saving what the change means', async () => {
    const owner = await buildAccount(world.models, { tierId: world.tier.id });
    await world.addImage({ ownerId: owner.id });
    await logIn(page, 'admin', adminPassword, `/admin/resources/tiers/records/${world.tier.id}/edit`);
    await page.getByRole('radio', { name: 'WebP' }).check();
    await page.getByText('1 image gets a new 200 px thumbnail.').waitFor();
    await page.getByRole('radio', { name: 'As the original' }).check();
    await page.getByText('When you save this:').waitFor({ state: 'detached' });
  });
});

describe('axe-core finds no serious fault', () => {
  it.each([false, true])(
    'on the main pages (dark: %s)',
    async (dark) => {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await page.goto('/admin');
      const found: Record<string, string[]> = { login: await seriousFaults(page) };
      await logIn(page, 'admin', adminPassword);
      const user = `/admin/resources/users/records/${world.admin.id}`;
      const tier = `/admin/resources/tiers/records/${world.tier.id}`;
      const image = await world.addImage({ ownerId: world.admin.id, name: `dark-${dark}.png` });
      const pages = [
        ...['/admin', '/admin/resources/users', `${user}/show`, `${user}/edit`, '/admin/resources/users/actions/new'],
        ...[
          '/admin/resources/tiers',
          `${tier}/show`,
          `${tier}/edit`,
          '/admin/resources/images',
          '/admin/resources/images/actions/upload',
          `/admin/resources/images/records/${image.id}/show`,
          '/admin/resources/links',
        ],
        ...['/admin/resources/groups', '/admin/resources/log', '/admin/pages/account'],
      ];
      for (const address of pages) {
        await page.goto(address);
        await page.locator('main h1, .dr-head h1, .dr-dashboard h1, h1').first().waitFor();
        await page.waitForLoadState('networkidle');
        found[address] = await seriousFaults(page);
      }
      expect(Object.entries(found).filter(([, list]) => list.length > 0)).toEqual([]);
    },
    120_000,
  );
});

describe('what users and their programs write', () => {
  const hostile = '<img src=x onerror=alert(1)>';

  it('is text on every page: names, addresses, file names, tiers, groups and browsers', async () => {
    const { tier } = world;
    const account = await buildAccount(world.models, { isStaff: true, password: adminPassword, tierId: tier.id });
    const client = world.client();
    const login = new URLSearchParams({ username: account.username, password: adminPassword });
    expect((await client.post('/admin/login/', login, { 'user-agent': hostile })).status).toBe(303);
    await account.update({ username: hostile, email: hostile, isSuperuser: true });
    const image = await world.addImage({ ownerId: account.id, name: `${hostile}.png` });
    // Both stand in the log then, under the name of who did it.
    const made = await client.create('groups', { name: hostile, permissions: [] });
    expect((await client.act('tiers', tier.id, 'edit', { name: hostile, version: tier.version })).status).toBe(200);

    await logIn(page, 'admin', adminPassword);
    for (const path of [
      '',
      '/resources/users',
      `/resources/users/records/${account.id}/show`,
      `/resources/users/records/${account.id}/edit`,
      `/resources/users/records/${account.id}/delete`,
      '/resources/tiers',
      `/resources/tiers/records/${tier.id}/show`,
      `/resources/tiers/records/${tier.id}/delete`,
      '/resources/images',
      `/resources/images/records/${image.id}/show`,
      String(made.redirectUrl).replace('/admin', ''),
      '/resources/log',
    ]) {
      await page.goto(`/admin${path}`, { waitUntil: 'networkidle' });
      await page.waitForFunction((text) => document.body.innerText.includes(text), hostile, { timeout: 10_000 });
      expect([path, await page.locator('img[src="x"]').count()]).toEqual([path, 0]);
    }
  });
});
