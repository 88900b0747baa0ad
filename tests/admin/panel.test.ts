import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { browsePanel } from '../support/panel/browse-panel.ts';
import { logIn, openPage } from '../support/panel/open-browser.ts';
import { adminPassword, type PanelWorld } from '../support/panel/panel-world.ts';
import { seriousFaults } from '../support/panel/serious-faults.ts';

const panel = browsePanel();
let world: PanelWorld;
let page: Page;
let browser: Browser;
beforeEach(() => {
  ({ world, page, browser } = panel);
});

const password = 'three green leaves';

/** What the panel says after an action. */
function message(text: string | RegExp) {
  return page.getByTestId('notice-wrapper').getByText(text).first().waitFor();
}

describe('the login', () => {
  it('leads to the page that was asked for, and out by a button', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/tiers');
    expect(new URL(page.url()).pathname).toBe('/admin/resources/tiers');
    await page.getByRole('link', { name: 'Premium' }).waitFor();
    expect(await page.title()).toBe('Tiers · Darkroom');
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Log in to the panel' }).waitFor();
    await page.goto('/admin/resources/tiers');
    expect(new URL(page.url()).pathname).toBe('/admin/login/');
  });

  it('comes back when the session ends in the middle of work', async () => {
    const { account } = await world.staffWith('tiers.view', 'images.view');
    await logIn(page, account.username, adminPassword, '/admin/resources/tiers');
    await page.getByRole('link', { name: 'Premium' }).waitFor();
    await account.update({ tokenGeneration: 2 });
    await page.getByRole('link', { name: 'Images' }).click();
    await page.waitForURL(/\/admin\/login\/\?next=/);
    expect(new URL(page.url()).searchParams.get('next')).toMatch(/^\/admin\/resources\//);
  });
});

describe('a user', () => {
  it('is made, found, edited, given another password and deleted', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/users');
    await page.getByRole('button', { name: 'New user' }).click();
    await page.getByLabel('E-mail').fill('maria.k@example.org');
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#field-username')?.value === 'maria.k');
    await page.getByLabel('User name').fill('a b');
    await page.getByLabel('Password', { exact: true }).or(page.locator('#field-password')).first().fill(password);
    await page.locator('#field-passwordAgain').fill('something else here');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('The two passwords differ.').waitFor();
    await page.locator('#field-passwordAgain').fill(password);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(/Use 1 to 150 letters/).waitFor();
    expect(await page.locator('#field-username').getAttribute('aria-invalid')).toBe('true');
    await page.waitForFunction(() => document.activeElement?.id === 'field-username');

    await page.getByLabel('User name').fill('maria');
    await page.getByRole('combobox', { name: 'Tier' }).fill('prem');
    await page.getByRole('option', { name: 'Premium' }).click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await message('The user maria is there and can log in.');
    await page.getByRole('heading', { name: 'maria' }).waitFor();
    expect(await page.title()).toBe('maria · Users · Darkroom');
    const maria = await world.models.Account.findOne({
      where: { username: 'maria' },
      include: 'tier',
      rejectOnEmpty: true,
    });
    expect(maria.tier?.name).toBe('Premium');
    expect(maria.isStaff).toBe(false);

    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('E-mail').fill('maria@example.org');
    await page.getByRole('button', { name: 'Save and go on editing' }).click();
    await message('The user maria is saved.');
    await page.getByLabel('Staff').click();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.locator('.dr-details').waitFor();
    expect(await maria.reload()).toMatchObject({ email: 'maria@example.org', isStaff: true, version: 3 });

    await page.getByRole('button', { name: 'Set password' }).click();
    await page.locator('#field-password').fill('short');
    await page.locator('#field-passwordAgain').fill('short');
    await page.locator('form').getByRole('button', { name: 'Set password' }).click();
    await page
      .getByText(/at least 12/i)
      .first()
      .waitFor();
    await page.locator('#field-password').fill('another three leaves');
    await page.locator('#field-passwordAgain').fill('another three leaves');
    await page.locator('form').getByRole('button', { name: 'Set password' }).click();
    await message(/The password of maria is set/);
    expect((await maria.reload()).tokenGeneration).toBe(2);

    await page.getByRole('link', { name: 'Users' }).first().click();
    await page.getByLabel('Search').fill('MARIA example');
    await page.keyboard.press('Enter');
    await page.waitForURL(/query=MARIA/);
    await page.waitForFunction(() => document.querySelectorAll('.dr-table tbody tr').length === 1);
    await page.getByRole('link', { name: 'maria' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('This cannot be undone').waitFor();
    await page.getByRole('button', { name: 'Yes, delete it' }).click();
    await message('The user maria is deleted');
    expect(await world.models.Account.count({ where: { username: 'maria' } })).toBe(0);
  });

  it('shows staff what they may not change as it is, with why, and no button that would be refused', async () => {
    const { account: staff } = await world.staffWith('users.view', 'users.change', 'groups.view');
    await world.models.Group.create({ id: staff.id, name: 'Within' });
    const beyond = await world.models.Group.create({ id: world.admin.id, name: 'Beyond' });
    await world.models.GroupPermission.create({ groupId: beyond.id, permission: 'images.delete' });
    await logIn(page, staff.username, adminPassword, `/admin/resources/users/records/${staff.id}/edit`);
    const superuser = page.locator('[data-field="isSuperuser"]');
    await superuser.getByText('Only a superuser may change this.').waitFor();
    expect(await superuser.getByRole('switch').count()).toBe(0);
    await page.getByRole('option', { name: 'Beyond', disabled: true }).waitFor();
    await page.getByRole('option', { name: 'Within', disabled: false }).waitFor();
    expect(await page.getByRole('checkbox', { disabled: false }).count()).toBe(3);
    expect(await seriousFaults(page)).toEqual([]);
    await page.goto(`/admin/resources/users/records/${world.admin.id}/show`);
    await page.getByRole('heading', { name: 'admin' }).waitFor();
    expect(await page.locator('[data-action="edit"], [data-action="setPassword"]').count()).toBe(0);
    await world.models.Group.destroy({ where: { name: ['Within', 'Beyond'] } });
  });

  it('that somebody else changes meanwhile is not overwritten', async () => {
    const { account } = await world.staffWith();
    await logIn(page, 'admin', adminPassword, `/admin/resources/users/records/${account.id}/edit`);
    await page.getByLabel('E-mail').fill('mine@example.org');
    await account.update({ email: 'theirs@example.org', version: 2 });
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page
      .getByText(/Someone else changed this in the meantime/)
      .first()
      .waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe('mine@example.org');
    expect((await account.reload()).email).toBe('theirs@example.org');
    await page.getByRole('button', { name: 'Load it as it is now' }).click();
    await page.waitForFunction(() =>
      (document.querySelector('#field-email') as HTMLInputElement)?.value.startsWith('theirs'),
    );
  });
});

describe('a tier', () => {
  it('is made with heights as chips and limits in units', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/tiers/actions/new');
    await page.getByLabel('Name').fill('Studio');
    const heights = page.locator('#field-thumbnailHeights');
    await heights.pressSequentially('800,200');
    await heights.press('Enter');
    await heights.pressSequentially('5');
    await heights.press('Enter');
    await page.getByText('5 is not a whole number from 16 to 4096.').waitFor();
    await heights.fill('');
    await heights.pressSequentially('90 ');
    await heights.press('Enter');
    await page.getByRole('button', { name: 'Take 90 pixels away' }).click();
    await page.getByLabel('Original link').click();
    await page.locator('#field-maxUploadBytes').fill('1.5');
    await page.locator('[data-field=maxUploadBytes] select').selectOption('GB');
    await page.locator('#field-quotaBytes').fill('20');
    await page.locator('[data-field=quotaBytes] select').selectOption('GB');
    await page.getByRole('radio', { name: 'WebP' }).check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await message('The tier Studio is there.');
    const studio = await world.models.Tier.findOne({ where: { name: 'Studio' }, rejectOnEmpty: true });
    expect(studio).toMatchObject({
      thumbnailHeights: [200, 800],
      thumbnailFormat: 'webp',
      originalLink: true,
      expiringLink: false,
      maxUploadBytes: 1.5 * 1024 ** 3,
      quotaBytes: 20 * 1024 ** 3,
    });
    await page.getByText('1.5 GB').waitFor();

    await page.getByRole('button', { name: 'Edit' }).click();
    expect(await page.locator('#field-maxUploadBytes').inputValue()).toBe('1536');
    await page.locator('#field-quotaBytes').fill('');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await message(/The tier Studio is saved/);
    await page.getByText('no limit').waitFor();
    expect((await studio.reload()).quotaBytes).toBeNull();
  });

  it('in use says who has it instead of going', async () => {
    const premium = await world.models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
    await (await world.staffWith()).account.update({ tierId: premium.id });
    await logIn(page, 'admin', adminPassword, `/admin/resources/tiers/records/${premium.id}/delete`);
    await page.getByText(/users? (has|have) this tier/).waitFor();
    expect(await page.getByRole('button', { name: /Yes, delete/ }).count()).toBe(0);
  });
});

describe('the images', () => {
  it('are a list with pictures, filters and pages, and each has a page of its own', async () => {
    const owner = (await world.staffWith()).account;
    for (let index = 0; index < 27; index += 1) {
      const name = index === 1 ? '<img src=x onerror=alert(1)>.png' : `picture ${index}.png`;
      await world.addImage({ ownerId: owner.id, name, status: index === 4 ? 'failed' : 'ready' });
    }
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    await page.locator('.dr-preview img').first().waitFor();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('.dr-preview img')]
        .slice(0, 4)
        .every((image) => image.naturalWidth > 0),
    );
    expect(await page.locator('.dr-table tbody tr').count()).toBe(25);
    await page.locator('.dr-pages').getByText('2', { exact: true }).click();
    await page.getByText('<img src=x onerror=alert(1)>.png').waitFor();
    await page.waitForURL(/page=2/);

    await page.goto('/admin/resources/images?filters.status=failed');
    await page.waitForFunction(() => document.querySelectorAll('.dr-table tbody tr').length === 1);
    await page.getByText('Failed').first().waitFor();
    await page.getByRole('link', { name: 'picture 4.png' }).click();
    await page.getByText('The file cannot be read as an image.').waitFor();
    await page.getByRole('button', { name: 'Make thumbnails again' }).click();
    await page.getByRole('button', { name: 'Yes' }).click();
    await message(/are being made again/);
    expect(world.requested).toHaveLength(1);

    await page.goto('/admin/resources/images?query=picture+7');
    await page.getByRole('link', { name: 'picture 7.png' }).click();
    await page.locator('.dr-picture img').waitFor();
    await page.getByText('200 px', { exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'Download the original' }).getAttribute('href')).toMatch(
      /X-Amz-Signature/,
    );
  });

  it('are chosen and deleted together', async () => {
    const owner = (await world.staffWith()).account;
    for (const name of ['first.png', 'second.png']) await world.addImage({ ownerId: owner.id, name });
    await logIn(page, 'admin', adminPassword, `/admin/resources/images?filters.ownerId=${owner.id}`);
    await page.getByLabel('Choose all on this page').click();
    await page.getByText('2 chosen').waitFor();
    await page.getByRole('link', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Yes, delete' }).click();
    await message('2 images are deleted.');
    expect(await world.models.Image.count({ where: { ownerId: owner.id } })).toBe(0);
  });
});

describe('the panel', () => {
  it('says what to do where there is nothing, and where nothing fits', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/groups');
    await page.getByRole('link', { name: 'New group' }).waitFor();
    await page.goto('/admin/resources/users?query=nobody+of+that+name');
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByRole('link', { name: 'admin' }).first().waitFor();
  });

  it('is there on a narrow screen and in the dark', async () => {
    const narrow = await openPage(browser, world.url, { width: 390, dark: true });
    await logIn(narrow.page, 'admin', adminPassword, '/admin/resources/tiers/actions/new');
    await narrow.page.getByLabel('Name').waitFor();
    expect(await narrow.page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
    expect(await narrow.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const [label, input] = await Promise.all(
      ['label[for=field-name]', '#field-name'].map((selector) => narrow.page.locator(selector).boundingBox()),
    );
    expect(label?.y).toBeLessThan(input?.y ?? 0);
    await narrow.page.getByRole('button', { name: 'Menu' }).click();
    await narrow.page.getByRole('link', { name: 'Images' }).click();
    await narrow.page.waitForURL(/resources\/images/);
    expect(narrow.faults).toEqual([]);
    await narrow.page.context().close();
  });
});

describe('the start page', () => {
  it('shows what there is, and lets a failed image be tried again', async () => {
    const { account } = await world.staffWith('images.view', 'images.reprocess');
    await world.addImage({ ownerId: account.id, name: 'broken.png', status: 'failed' });
    await logIn(page, account.username, adminPassword);
    await page.getByRole('heading', { name: 'Uploads of the last 30 days' }).waitFor();
    expect(await page.getByRole('img', { name: /the most on/ }).count()).toBe(2);
    expect(await page.getByRole('heading', { name: 'Users and storage by tier' }).count()).toBe(0);
    await page.getByText('As a table').click();
    const today = new Date().toISOString().slice(0, 10);
    await page.locator(`table a[href="/admin/resources/images?filters.createdAt.in=${today}"]`).waitFor();

    await page.getByRole('button', { name: 'Try broken.png again' }).click();
    await message('The thumbnails of broken.png are being made again.');
    await page.getByRole('link', { name: 'broken.png', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'asked for new thumbnails: broken.png' }).waitFor();

    expect(await seriousFaults(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});
