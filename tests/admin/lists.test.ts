import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { buildAccount } from '../support/builders/build-account.ts';
import { browsePanel } from '../support/panel/browse-panel.ts';
import { logIn, openPage } from '../support/panel/open-browser.ts';
import { adminPassword, type PanelWorld } from '../support/panel/panel-world.ts';

const panel = browsePanel(async (world) => {
  const premium = await world.models.Tier.findOne({ where: { name: 'Premium' }, rejectOnEmpty: true });
  const anna = await buildAccount(world.models, { username: 'anna', tierId: premium.id });
  const bert = await buildAccount(world.models, { username: 'bert', tierId: world.tier.id });
  for (let index = 0; index < 30; index += 1) {
    const ownerId = index < 10 ? bert.id : anna.id;
    await world.addImage({ ownerId, name: `picture ${index}.png`, status: index % 10 === 0 ? 'failed' : 'ready' });
  }
});
let world: PanelWorld;
let page: Page;
let browser: Browser;
beforeEach(() => {
  ({ world, page, browser } = panel);
});

function rows(count: number) {
  return page.waitForFunction((wanted) => document.querySelectorAll('.dr-table tbody tr').length === wanted, count);
}

describe('a list', () => {
  it('tells no number and no emptiness before it is read', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const asked = page.waitForRequest(/resources\/images\/actions\/list/);
    await page.route(/resources\/images\/actions\/list/, async (route) => {
      await held;
      await route.continue();
    });
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    await asked;
    const heading = page.getByRole('heading', { level: 1 });
    expect(await heading.textContent()).toBe('Images');
    expect(await page.getByText('No images yet').count()).toBe(0);
    release();
    await rows(25);
    await page.getByRole('heading', { level: 1, name: /^Images\s*30$/ }).waitFor();
  });
});

describe('the filters at the side', () => {
  it('count, combine, stand above the list, and are there again when one comes back', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    const side = page.getByRole('complementary', { name: 'Filters' });
    const status = side.getByRole('group', { name: 'Status' });
    await status.getByRole('checkbox', { name: /Failed 3/ }).check();
    await rows(3);
    await side
      .getByRole('group', { name: 'Tier of the owner' })
      .getByRole('checkbox', { name: /Premium 2/ })
      .check();
    await rows(2);
    await status.getByRole('checkbox', { name: /Ready/ }).check();
    await rows(20);
    await page.getByRole('button', { name: 'Without Status: Ready' }).click();
    await rows(2);

    await page.getByRole('link', { name: 'picture 10.png' }).click();
    await page.locator('.dr-details').waitFor();
    await page.locator('.dr-crumbs').getByRole('link', { name: 'Images' }).click();
    await rows(2);
    await page.getByRole('button', { name: 'Without Tier of the owner: Premium' }).waitFor();
    await side.getByRole('link', { name: 'Take all filters away' }).click();
    await rows(25);
    expect(new URL(page.url()).search).toBe('');
  });

  it('go into a date step by step, and out again', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    const uploaded = page.getByRole('group', { name: 'Uploaded' });
    const year = String(new Date().getUTCFullYear());
    await uploaded.getByRole('link', { name: `${year} 30` }).click();
    await page.waitForURL(new RegExp(`createdAt.in=${year}$`));
    await uploaded.getByRole('link', { name: new RegExp(`${year} 30$`) }).click();
    await page.waitForURL(/createdAt.in=\d{4}-\d\d$/);
    await uploaded.getByRole('link', { name: new RegExp(`${year} 30$`) }).click();
    await page.waitForURL(/createdAt.in=\d{4}-\d\d-\d\d$/);
    await rows(25);
    await uploaded.getByRole('link', { name: 'Any time' }).click();
    await page.waitForURL((address) => address.search === '');
    await uploaded.getByLabel('Uploaded to').fill('2020-01-01');
    await page.getByText('Nothing matches').waitFor();
  });

  it('wait above the list, closed, on a narrow screen', async () => {
    const narrow = await openPage(browser, world.url, { width: 390, dark: true });
    await logIn(narrow.page, 'admin', adminPassword, '/admin/resources/images');
    await narrow.page.getByText('Filters', { exact: true }).click();
    await narrow.page.getByRole('checkbox', { name: /Failed/ }).check();
    await narrow.page.getByText('Filters (1)').waitFor();
    expect(await narrow.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(narrow.faults).toEqual([]);
    await narrow.page.context().close();
  });
});

describe('the table', () => {
  it('is sorted by a second column with Shift', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    const head = page.locator('.dr-table thead');
    await head.getByRole('link', { name: 'Status' }).click();
    await page.waitForURL(/sortBy=status&direction=asc/);
    await head.getByRole('link', { name: 'Owner' }).click({ modifiers: ['Shift'] });
    await page.waitForURL(/sortBy=status%2CownerId&direction=asc%2Casc/);
    await page.waitForFunction(() => document.querySelector('.dr-table tbody tr')?.textContent?.includes('anna'));
    expect(await head.locator('[aria-sort]').count()).toBe(2);
    await head.getByRole('link', { name: /Owner/ }).click({ modifiers: ['Shift'] });
    await page.waitForURL(/direction=asc%2Cdesc/);
    await page.waitForFunction(() => document.querySelector('.dr-table tbody tr')?.textContent?.includes('bert'));
  });

  it('says how many there are, shows as many as one likes, and goes to any page', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByText('1–25 of 30').waitFor();
    await pages.getByLabel(/^Page, of/).fill('2');
    await pages.getByRole('button', { name: 'Go' }).click();
    await pages.getByText('26–30 of 30').waitFor();
    await rows(5);
    await pages.getByLabel('Per page').selectOption({ label: 'All 30' });
    await rows(30);
    await pages.getByText('1–30 of 30').waitFor();
  });

  it('says where the search looks', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    await page.getByText(/Looks in name, owner\. Every word has to be there/).waitFor();
  });

  it('is exported as it is filtered', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images?filters.status=failed');
    await rows(3);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^images-.*\.csv$/);
    const text = await readFile(await download.path(), 'utf8');
    expect(text.trim().split('\r\n')).toHaveLength(4);
  });
});

describe('what is done with several', () => {
  it('is done with all that match, on every page, and with nothing else', async () => {
    const clara = await buildAccount(world.models, { username: 'clara', tierId: world.tier.id });
    for (let index = 0; index < 27; index += 1) await world.addImage({ ownerId: clara.id, name: `old ${index}.png` });
    await world.addImage({ ownerId: clara.id, name: 'kept.png' });
    await logIn(page, 'admin', adminPassword, `/admin/resources/images?query=old&filters.ownerId=${clara.id}`);
    await rows(25);
    await page.getByLabel('Choose all on this page').click();
    await page.getByText('25 chosen').waitFor();
    await page.getByRole('button', { name: 'Choose all 27 that match' }).click();
    await page.getByText('All 27 that match are chosen').waitFor();
    await page.getByRole('link', { name: 'Delete' }).click();
    await page.getByText('Delete these 27? This cannot be undone.').waitFor();
    await page.getByRole('button', { name: 'Yes, delete' }).click();
    await page.getByText('Done with all 27.').first().waitFor();
    await page.getByText('Nothing matches').waitFor();
    const left = await world.models.Image.findAll({ where: { ownerId: clara.id } });
    expect(left.map(({ name }) => name)).toEqual(['kept.png']);
  });

  it('is thumbnails made again, too', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images?filters.status=failed');
    await rows(3);
    await page.getByLabel('Choose all on this page').click();
    await page.getByRole('link', { name: 'Make thumbnails again' }).click();
    await page.getByText('Make thumbnails again: these 3?', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Yes: Make thumbnails again' }).click();
    await page.getByText('The thumbnails of 3 images are being made again.').first().waitFor();
    expect(world.requested).toHaveLength(3);
  });
});

describe('the menu', () => {
  it('is narrowed by what one types', async () => {
    await logIn(page, 'admin', adminPassword);
    const menu = page.locator('[data-css=sidebar]');
    await menu.getByRole('link', { name: 'Tiers' }).waitFor();
    await menu.getByLabel('Filter the menu').fill('imag');
    await menu.getByRole('link', { name: 'Tiers' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Enter');
    await page.waitForURL(/resources\/images$/);
    await menu.getByRole('link', { name: 'Tiers' }).waitFor();
  });
});

describe('editing in the list', () => {
  it('saves what was changed, and never over what somebody else changed meanwhile', async () => {
    const [dora, emil] = await Promise.all(
      ['dora', 'emil'].map((username) =>
        buildAccount(world.models, { username, email: 'team@x.example', tierId: world.tier.id }),
      ),
    );
    await logIn(page, 'admin', adminPassword, '/admin/resources/users?query=team%40x.example');
    await rows(2);
    await page.getByRole('button', { name: 'Edit in the list' }).click();
    await page.getByLabel('Active of dora').click();
    await page.getByLabel('Tier of dora').selectOption({ label: 'Premium' });
    await page.getByLabel('Active of emil').click();
    await emil?.update({ version: 2 });
    await page.getByRole('button', { name: 'Save 2' }).click();
    await page.getByText(/^emil: .*changed/).waitFor();
    expect(await dora?.reload({ include: 'tier' })).toMatchObject({
      isActive: false,
      tier: { name: 'Premium' },
      version: 2,
    });
    expect(await emil?.reload()).toMatchObject({ isActive: true, version: 2 });
    await page.getByLabel('Active of emil').click();
    await page.getByRole('button', { name: 'Save 1' }).click();
    await page.getByRole('button', { name: 'Edit in the list' }).waitFor();
    expect(await emil?.reload()).toMatchObject({ isActive: false, version: 3 });
  });
});
