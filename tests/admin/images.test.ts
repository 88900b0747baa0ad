import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { localText } from '../../admin/components/images/until.ts';
import type { AccountModel } from '../../server/accounts/account.model.ts';
import { buildAccount } from '../support/builders/build-account.ts';
import { buildTier } from '../support/builders/build-tier.ts';
import { eventually, makePicture } from '../support/images-world.ts';
import { browsePanel } from '../support/panel/browse-panel.ts';
import { logIn } from '../support/panel/open-browser.ts';
import { adminPassword, type PanelWorld } from '../support/panel/panel-world.ts';
import { seriousFaults } from '../support/panel/serious-faults.ts';

let owner: AccountModel;
let tierId: string;
const panel = browsePanel(async ({ models }) => {
  ({ id: tierId } = await buildTier(models, { thumbnailHeights: [200], expiringLink: true }));
  owner = await buildAccount(models, { tierId, username: 'photographer' });
});
let world: PanelWorld;
let page: Page;

beforeEach(() => {
  ({ world, page } = panel);
});

describe('the record of an image', () => {
  it('shows the camera’s text as text, the position when asked for, and makes and revokes a link', async () => {
    const image = await world.addImage({ ownerId: owner.id, name: '<b>bold</b>.png' });
    const bytes = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#345' } })
      .withExif({
        IFD0: { Make: '<img src=x onerror=alert(1)>', Model: '</script><script>alert(2)</script>' },
        IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '13/1 0/1 0/1' },
      })
      .jpeg()
      .toBuffer();
    await world.store.put('originals', image.objectKey, bytes, { contentType: 'image/jpeg' });
    page.on('dialog', () => {
      throw new Error('a script of the picture ran');
    });

    await logIn(page, 'admin', adminPassword, `/admin/resources/images/records/${image.id}/show`);
    const camera = page.getByRole('region', { name: 'From the camera' });
    await camera.getByRole('button', { name: 'Read the EXIF' }).click();
    await camera.getByText('<img src=x onerror=alert(1)> </script><script>alert(2)</script>').waitFor();
    expect(await camera.locator('img, script').count()).toBe(0);
    expect(await camera.textContent()).not.toContain('52.5');
    await camera.getByRole('button', { name: /^Show where/ }).click();
    await camera.getByText('52.5°').waitFor();

    const links = page.getByRole('region', { name: 'Expiring links' });
    await links.getByLabel('Seconds').fill('7');
    await links.getByRole('button', { name: 'Make a link' }).click();
    await links.getByText(/whole number of seconds, 300 to 30000/).waitFor();
    await links.getByLabel('Seconds').fill('300');
    await links.getByLabel('Uses allowed').fill('2');
    await links.getByRole('button', { name: 'Make a link' }).click();
    expect(await links.getByLabel('The new link').inputValue()).toMatch(/\/e\/[\w-]{43}$/);
    await links.getByText('0 of 2').waitFor();
    await page.getByRole('button', { name: 'Close this message' }).first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await links.getByRole('button', { name: 'Revoke' }).click();
    await links.getByRole('button', { name: 'Yes, revoke it' }).click();
    await links.getByText('Revoked', { exact: true }).waitFor();

    await links.getByLabel('at a date and time').check();
    await links.getByLabel('Until').fill('2020-01-01T00:00');
    await links.getByRole('button', { name: 'Make a link' }).click();
    await links.locator('.dr-error', { hasText: /^Between .* by the tier/ }).waitFor();
    await links.getByLabel('Until').fill(localText(new Date(Date.now() + 2 * 3_600_000)));
    await links.getByText(/^In .*hour.*Time zone: \S/).waitFor();
    await links.getByRole('button', { name: 'Make a link' }).click();
    await eventually(async () => {
      const where = { imageId: image.id, revokedAt: null };
      const made = await world.models.ExpiringLink.findOne({ where, rejectOnEmpty: true });
      expect(made.expireTimeSeconds).toBeGreaterThan(3_600);
      expect(made.expireTimeSeconds).toBeLessThanOrEqual(7_200);
    });
    await page.getByRole('region', { name: 'History' }).waitFor();
  });
});

describe('uploads on behalf of a user', () => {
  it('take what is dropped on the user’s page by the name that it is given, and say what became of each file', async () => {
    await logIn(page, 'admin', adminPassword, `/admin/resources/users/records/${owner.id}/show`);
    const images = page.getByRole('region', { name: 'Images' });
    await images.getByText('Drop images here to upload them for photographer').waitFor();
    const dropped = await filesOf([
      { name: 'dropped.png', bytes: await makePicture(1) },
      { name: 'notes.txt', bytes: Buffer.from('no picture, only some words') },
    ]);
    await images.locator('.dr-drop').dispatchEvent('drop', { dataTransfer: dropped });
    const name = images.getByLabel('Name of dropped.png');
    expect(await name.inputValue()).toBe('dropped.png');
    await name.fill('..');
    await images.getByRole('button', { name: 'Upload 2 files' }).click();
    await images.getByText(/^A name has 1 to 255 bytes/).waitFor();
    expect(await name.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await seriousFaults(page)).toEqual([]);
    await name.fill('renamed.png');
    await images.getByRole('button', { name: 'Upload 2 files' }).click();
    await images.getByText('1 of 2 uploaded').waitFor();
    await images.getByText(/not an image of a type/).waitFor();
    await images.locator('.dr-uploads').getByRole('link', { name: 'renamed.png' }).waitFor();
    await images.getByRole('table').getByRole('link', { name: 'renamed.png' }).first().waitFor();
    const image = await world.models.Image.findOne({ where: { name: 'renamed.png' }, rejectOnEmpty: true });
    expect(image.ownerId).toBe(owner.id);
  });

  it('begin with what is dropped on the list, when the owner is chosen', async () => {
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    await page.getByRole('searchbox', { name: 'Search' }).waitFor();
    const dataTransfer = await filesOf([{ name: 'on-the-list.png', bytes: await makePicture(5) }]);
    await page.locator('.dr-list').dispatchEvent('drop', { dataTransfer });
    await page.getByText('1 file is waiting: choose the owner first.').waitFor();
    await page.getByLabel('Owner of the images').fill('photogr');
    await page.getByRole('option', { name: 'photographer' }).click();
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    await page.getByText('1 of 1 uploaded').waitFor();
    await page.getByRole('link', { name: 'on-the-list.png' }).click();
    await page.getByRole('heading', { name: 'on-the-list.png' }).waitFor();
  });

  it('show how far a file is, and are cancelled without a trace', async () => {
    const body = await makePicture(2, { bytes: 3_000_000 });
    await logIn(page, 'admin', adminPassword, '/admin/resources/images');
    await page.getByRole('button', { name: 'Upload images' }).first().click();
    await page.getByLabel('Owner of the images').fill('photogr');
    await page.getByRole('option', { name: 'photographer' }).click();
    const network = await page.context().newCDPSession(page);
    await network.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput: -1,
      uploadThroughput: 300_000,
    });
    await page.setInputFiles('input[type=file]', { name: 'slow.png', mimeType: 'image/png', buffer: body });
    await page.getByRole('button', { name: 'Upload 1 file' }).click();
    const progress = page.getByRole('progressbar', { name: 'slow.png' });
    await eventually(async () => expect(Number(await progress.getAttribute('value'))).toBeGreaterThan(0));
    await page.getByRole('button', { name: 'Cancel slow.png' }).click();
    await page.getByText('Cancelled').waitFor();
    await eventually(async () => expect(await world.models.Image.count({ where: { name: 'slow.png' } })).toBe(0));
    expect(await world.models.AuditEntry.count({ where: { recordTitle: 'slow.png' } })).toBe(0);
  });
});

async function filesOf(given: { name: string; bytes: Buffer }[]) {
  return page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const { name, base64 } of files) {
        transfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name));
      }
      return transfer;
    },
    given.map(({ name, bytes }) => ({ name, base64: bytes.toString('base64') })),
  );
}

describe('the grid of images', () => {
  it('is remembered, and has the same choices as the table', async () => {
    const seen = await buildAccount(world.models, { tierId });
    for (const name of ['one.png', 'two.png']) await world.addImage({ ownerId: seen.id, name });
    const list = `/admin/resources/images?filters.ownerId=${seen.id}`;
    await logIn(page, 'admin', adminPassword, list);
    await page.getByRole('button', { name: 'Grid' }).click();
    await page.goto(list);
    await page.locator('.dr-grid li').nth(1).waitFor();
    expect(await page.locator('.dr-table').count()).toBe(0);
    await page.locator('.dr-grid').getByText(seen.username).first().waitFor();
    await page.getByLabel('Sorted by').selectOption({ label: 'Name' });
    await page.getByRole('button', { name: /^Ascending/ }).click();
    await page.waitForURL(/sortBy=name&direction=desc/);
    await page.locator('.dr-grid li').first().getByText('two.png').waitFor();
    await page.getByLabel('Choose one.png').check();
    await page.getByText('1 chosen').waitFor();
    await page.getByLabel('Choose all on this page').check();
    await page.getByText('2 chosen').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'two.png' }).click();
    await page.getByRole('heading', { name: 'two.png' }).waitFor();
  });
});

describe('keys', () => {
  it('lead through the list that one came from, over its pages, and mean nothing while one types', async () => {
    const seen = await buildAccount(world.models, { tierId });
    for (const name of ['a.png', 'b.png', 'c.png']) await world.addImage({ ownerId: seen.id, name });
    await logIn(
      page,
      'admin',
      adminPassword,
      `/admin/resources/images?filters.ownerId=${seen.id}&sortBy=name&direction=asc&perPage=2`,
    );
    const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();
    await page.getByRole('link', { name: 'b.png' }).click();
    await heading('b.png');
    await page.getByText('2 of 3').waitFor();
    await page.getByRole('link', { name: 'Next' }).waitFor();
    await page.keyboard.press('j');
    await heading('c.png');
    await page.getByText('3 of 3').waitFor();
    await page.keyboard.press('k');
    await heading('b.png');
    await page.keyboard.press('k');
    await heading('a.png');

    await page.keyboard.press('e');
    const name = page.getByLabel('Name');
    await name.fill('');
    await name.pressSequentially('jks/e?.png');
    expect(await name.inputValue()).toBe('jks/e?.png');
    await name.fill('renamed.png');
    await page.keyboard.press('Control+Enter');
    await heading('renamed.png');

    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).getByLabel('Single keys work').uncheck();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.keyboard.press('j');
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').count()).toBe(0);
    await heading('renamed.png');
    await page.getByRole('button', { name: 'Keys' }).click();
    await page.getByLabel('Single keys work').check();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Images' }).first().click();
    await page.getByRole('searchbox', { name: 'Search' }).waitFor();
    await page.keyboard.press('/');
    expect(
      await page.getByRole('searchbox', { name: 'Search' }).evaluate((box) => box === document.activeElement),
    ).toBe(true);
  });
});
