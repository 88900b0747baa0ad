import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
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

const save = () => page.getByRole('button', { name: 'Save', exact: true }).click();
const account = (username: string) => world.models.Account.findOne({ where: { username }, rejectOnEmpty: true });

describe('a user without a password', () => {
  it('gets a link, sets the password by it, and logs in', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/users/actions/new');
    await page.getByLabel('User name').fill('lotte');
    await page.getByRole('switch', { name: 'Staff' }).check();
    await page.getByRole('radio', { name: /by a link/ }).check();
    expect(await page.locator('#field-password').count()).toBe(0);
    await save();
    await page.getByRole('button', { name: 'Make the link' }).click();
    await page.getByText('It works once').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    const link = new URL(await page.getByLabel('The link').inputValue()).pathname;

    await page.getByRole('button', { name: 'Log out' }).click();
    await page.goto(link);
    await page.getByLabel('New password', { exact: true }).fill(adminPassword);
    await page.getByLabel('New password again').fill('something else here');
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText('The two passwords differ.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByLabel('New password', { exact: true }).fill(adminPassword);
    await page.getByLabel('New password again').fill(adminPassword);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByRole('link', { name: 'Log in to the panel' }).click();
    await logIn(page, 'lotte', adminPassword);
    await page.goto(link);
    await page.getByText(/This link does not set a password/).waitFor();
  });
});

describe('the form of a user', () => {
  it('finds a tier by the keyboard, and takes one that is made meanwhile in a window of its own', async () => {
    await logIn(page, 'admin', adminPassword, `/admin/resources/users/records/${world.admin.id}/edit`);
    const tier = page.getByRole('combobox', { name: 'Tier' });
    expect(await tier.inputValue()).toBe(world.tier.name);
    await tier.fill('e');
    await page.getByRole('option', { name: 'Enterprise' }).waitFor();
    await tier.press('ArrowDown');
    await tier.press('Enter');
    expect(await tier.inputValue()).toBe('Premium');
    expect(await page.getByRole('link', { name: 'See Premium' }).getAttribute('target')).toBe('_blank');

    const [other] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Make a new one and choose it' }).click(),
    ]);
    await other.getByLabel('Name').fill('Studio');
    await other.locator('#field-thumbnailHeights').fill('640');
    await other.locator('#field-thumbnailHeights').press('Enter');
    await Promise.all([other.waitForEvent('close'), other.getByRole('button', { name: 'Save', exact: true }).click()]);
    await page.waitForFunction(() => (document.querySelector('#field-tierId') as HTMLInputElement).value === 'Studio');
    await save();
    await page.locator('.dr-details').waitFor();
    expect((await account('admin')).tierId).not.toBe(world.tier.id);
  });

  it('loses a tier that is deleted beside it, and has the default again', async () => {
    const spare = await buildTier(world.models, { name: 'Spare' });
    await logIn(page, 'admin', adminPassword, `/admin/resources/users/actions/new?tierId=${spare.id}`);
    const [other] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('button', { name: 'Delete Spare' }).click(),
    ]);
    await Promise.all([other.waitForEvent('close'), other.getByRole('button', { name: 'Yes, delete it' }).click()]);
    await page.waitForFunction(
      (name) => (document.querySelector('#field-tierId') as HTMLInputElement).value === name,
      world.tier.name,
    );
    expect(await world.models.Tier.count({ where: { name: 'Spare' } })).toBe(0);
  });

  it('saves as a new one, which asks for what is its own', async () => {
    const group = await world.models.Group.create({ id: world.tier.id, name: 'Printers' });
    await buildAccount(world.models, { username: 'karl', tierId: world.tier.id, permissions: ['images.view'] });
    const { id } = await account('karl');
    await logIn(page, 'admin', adminPassword, `/admin/resources/users/records/${id}/edit`);
    const groups = page.getByRole('group', { name: 'Groups' });
    await groups.getByLabel(/^Available/).selectOption({ label: 'Printers' });
    await groups.getByLabel(/^Available/).press('Enter');
    await groups.getByLabel(/^Chosen 1/).selectOption({ label: 'Printers' });
    await groups.getByLabel(/^Chosen 1/).press('ArrowLeft');
    await groups.getByLabel('Narrow what is available').fill('no such');
    await groups.getByRole('option').waitFor({ state: 'detached' });
    await groups.getByLabel('Narrow what is available').fill('PRINT');
    await groups.getByRole('button', { name: 'Choose all' }).click();
    await groups.getByLabel(/^Chosen 1/).waitFor();
    await page.getByRole('button', { name: 'Save as new…' }).click();
    await page.getByText('A copy of karl').waitFor();
    await page.getByRole('radio', { name: /by a link/ }).check();
    await save();
    await page.getByText('There is an account with this username.', { exact: false }).first().waitFor();
    await page.getByLabel('User name').fill('karla');
    await save();
    await page.getByRole('heading', { name: /karla/ }).waitFor();
    const copy = await account('karla');
    expect(await world.models.AccountPermission.count({ where: { accountId: copy.id } })).toBe(1);
    expect(await world.models.AccountGroup.count({ where: { accountId: copy.id, groupId: group.id } })).toBe(1);
    expect(await world.models.AccountGroup.count({ where: { accountId: id } })).toBe(0);
  });

  it('has groups of fields that close, which is remembered, and permissions that typing narrows', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/users/actions/new');
    const rights = page.getByRole('button', { name: 'Rights in this panel' });
    await page.getByLabel('Narrow the permissions').fill('images del');
    expect(
      await page
        .getByRole('group', { name: /Permissions/ })
        .getByRole('checkbox')
        .count(),
    ).toBe(1);
    await rights.click();
    expect(await rights.getAttribute('aria-expanded')).toBe('false');
    await page.reload();
    await rights.waitFor();
    expect(await page.getByRole('switch', { name: 'Staff' }).isVisible()).toBe(false);
    await rights.click();
    await page.getByRole('switch', { name: 'Staff' }).waitFor();
  });
});

describe('before a deletion', () => {
  it('the page names what goes with a user, and for several who stays', async () => {
    const owner = await buildAccount(world.models, { username: 'owner', tierId: world.tier.id });
    await world.addImage({ ownerId: owner.id, name: 'the <b>harbour</b>.png' });
    await logIn(page, 'admin', adminPassword, `/admin/resources/users/records/${owner.id}/delete`);
    await page.getByText('1 image, with its original and thumbnails').waitFor();
    await page.getByText('the <b>harbour</b>.png').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.goto(`/admin/resources/users/bulk/bulkDelete?recordIds=${owner.id},${world.admin.id}`);
    await page.getByText('admin: This is your own account. Ask another administrator.').waitFor();
    await page.getByRole('button', { name: 'Yes, delete' }).click();
    await page.waitForURL(/\/admin\/resources\/users/);
    await page.getByRole('table').waitFor();
    expect(await world.models.Account.count({ where: { username: ['owner', 'admin'] } })).toBe(1);
  });
});

describe('an import', () => {
  it('shows what would happen to each row, then makes the users and hands out their links', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/users');
    await page.getByRole('button', { name: 'Import from a file' }).click();
    const buffer = Buffer.from('username,tier\nfrida,Premium\n<i>x</i>,\ngero,\n');
    await page.getByLabel('CSV file').setInputFiles({ name: 'users.csv', mimeType: 'text/csv', buffer });
    await page.getByText('1 row is wrong.').waitFor();
    await page.getByRole('cell', { name: '<i>x</i>' }).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Import 2 users' }).click();
    await page.getByText('2 users are made.').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the links as a CSV file' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('password-links.csv');
    expect((await account('frida')).passwordHash).toBeNull();
  });
});

describe('a tier', () => {
  it('is made the default by its button', async () => {
    const premium = await world.models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
    await logIn(page, 'admin', adminPassword, `/admin/resources/tiers/records/${premium.id}/show`);
    await page.getByRole('button', { name: 'Make it the default' }).click();
    await page.getByRole('button', { name: 'Yes', exact: true }).click();
    await page.getByText('New users get the tier Premium from now on.').waitFor();
    expect((await world.tier.reload()).isDefault).toBe(false);
    expect(await page.getByRole('button', { name: 'Make it the default' }).count()).toBe(0);
  });
});
