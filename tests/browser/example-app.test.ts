import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { v7 as uuidV7 } from 'uuid';
import { serveExample } from '../../client/example/serve.mjs';
import { originalKey } from '../../core/storage/object-key.ts';
import { buildClient } from '../../tools/build-client.mjs';
import { openBrowser, openPage } from '../support/panel/open-browser.ts';
import { seriousFaults } from '../support/panel/serious-faults.ts';
import { freePort } from '../support/run-darkroom.ts';
import { type App, password, picture, startApp } from '../support/start-app.ts';

let app: App;
let example: Awaited<ReturnType<typeof serveExample>>;
let browser: Browser;
let faults: string[] = [];

beforeAll(async () => {
  await buildClient();
  const port = await freePort();
  app = await startApp({ environment: { CORS_ORIGINS: `http://localhost:${port}` } });
  example = await serveExample({ service: app.url, port });
  browser = await openBrowser();
}, 120_000);
afterAll(async () => {
  await browser.close();
  await example.close();
  await app.close();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  expect(faults.filter((fault) => !fault.startsWith(`foreign: ${app.url}/`))).toEqual([]);
});

async function open(options: { width?: number; dark?: boolean } = {}): Promise<Page> {
  const opened = await openPage(browser, example.url, options);
  faults = opened.faults;
  await opened.page.goto('/');
  return opened.page;
}

async function logIn(page: Page, username: string): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Choose images').waitFor();
}

const cards = (page: Page) => page.getByRole('list', { name: 'Images' }).getByRole('listitem');
const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/png', buffer });
/** An image whose bytes nobody asks for. */
function imageRow(ownerId: string, at: number) {
  const id = uuidV7();
  return {
    id,
    ownerId,
    name: `${at}.png`,
    state: 'stored' as const,
    status: 'ready' as const,
    objectKey: originalKey(id, 'a'.repeat(32)),
    contentType: 'image/png' as const,
    bytes: 100,
    width: 30,
    height: 20,
    sha256: 'a'.repeat(64),
    createdAt: new Date(Date.now() - at * 60_000),
  };
}

/** Of bytes that nothing makes smaller, so that it takes a moment to send. */
const large = () =>
  sharp(randomBytes(1000 * 1000 * 3), { raw: { width: 1000, height: 1000, channels: 3 } })
    .png({ compressionLevel: 0 })
    .toBuffer();

describe('the example app, with the built client in a browser', () => {
  it('logs in, uploads with progress, and shows the thumbnail as soon as it is made, in every window', async () => {
    await app.as('ada', 'Enterprise');
    const page = await open();
    await page.getByLabel('User name').fill('ada');
    await page.getByLabel('Password').fill('not this one');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('No active account found').waitFor();
    await logIn(page, 'ada');
    await page.getByText('Nothing here yet').waitFor();

    const other = await page.context().newPage();
    await other.goto('/');
    await other.getByText('Nothing here yet').waitFor();

    await page.evaluate(() => {
      const seen: number[] = [];
      Object.assign(window, { seen });
      const list = document.getElementById('uploads') as HTMLElement;
      new MutationObserver(() => seen.push(list.querySelector('progress')?.value ?? -1)).observe(list, {
        subtree: true,
        childList: true,
        characterData: true,
      });
    });
    await page.setInputFiles('#files', [file('noise.png', await large()), file('no image.png', Buffer.from('text'))]);
    for (const one of [page, other]) {
      await cards(one).getByRole('img', { name: 'noise.png' }).waitFor();
      await one.waitForFunction(
        () => (document.querySelector('#images img') as HTMLImageElement).naturalHeight === 400,
      );
    }
    const seen = await page.evaluate(() => (window as unknown as { seen: number[] }).seen);
    expect(seen.filter((value) => value >= 0 && value <= 1).length).toBeGreaterThan(1);
    expect(Math.max(...seen)).toBe(1);
    await page.getByText('These bytes are not an image').waitFor();

    await page.getByRole('button', { name: 'Link for 10 min' }).click();
    await page.getByText('Opens for anybody until').waitFor();
    const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
    expect((await app.call(link)).status).toBe(200);

    other.on('dialog', (dialog) => void dialog.accept());
    await other.getByRole('button', { name: 'Delete' }).click();
    for (const one of [page, other]) await one.getByText('Nothing here yet').waitFor();
    expect((await app.call(link)).status).toBe(404);

    await page.getByRole('button', { name: 'Log out' }).click();
    for (const one of [page, other]) await one.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  it('offers what the tier has: on Basic no links', async () => {
    const bea = await app.as('bea', 'Basic');
    await bea.uploaded(await picture(1), 'bea.png');
    const page = await open();
    await logIn(page, 'bea');
    await cards(page).getByRole('heading', { name: 'bea.png' }).waitFor();
    const actions = await cards(page).getByRole('button').allTextContents();
    expect([actions, await page.getByRole('link', { name: 'Original' }).count()]).toEqual([['Delete'], 0]);
  });

  it('shows the next page when it is asked for, and what is new without being asked', async () => {
    const eve = await app.as('eve', 'Basic');
    await app.models.Image.bulkCreate(Array.from({ length: 30 }, (_, at) => imageRow(eve.id, at)));
    const page = await open();
    await logIn(page, 'eve');
    await cards(page).nth(23).waitFor();
    expect(await cards(page).count()).toBe(24);
    await eve.uploaded(await picture(2), 'new.png');
    await cards(page).first().getByRole('heading', { name: 'new.png' }).waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await cards(page).nth(30).waitFor();
    expect([await cards(page).count(), await page.getByRole('button', { name: 'Show more' }).count()]).toEqual([31, 0]);
  });

  it('renews the tokens once for all windows, in which the access token has ended', async () => {
    const cleo = await app.as('cleo', 'Basic');
    const page = await open();
    const ended = `${cleo.tokens.access.slice(0, -20)}${'A'.repeat(20)}`;
    await page.evaluate((pair) => localStorage.setItem('contact-sheet-tokens', JSON.stringify(pair)), {
      access: ended,
      refresh: cleo.tokens.refresh,
    });
    let renewals = 0;
    const context = page.context();
    context.on('request', (request) => {
      if (request.method() === 'POST' && request.url().includes('/token/refresh')) renewals += 1;
    });
    const windows = [page, await context.newPage(), await context.newPage()];
    await Promise.all(windows.map((one) => one.goto('/')));
    for (const one of windows) await one.getByText('cleo · Basic').waitFor();
    expect(renewals).toBe(1);
  });

  it.each([
    { width: 1280, dark: false },
    { width: 390, dark: true },
  ])('reads well at $width pixels (dark: $dark)', async (look) => {
    const name = `looks-${look.width}`;
    const dora = await app.as(name, 'Enterprise');
    for (let seed = 0; seed < 5; seed += 1) {
      await dora.uploaded(await picture(seed * 60, 300 + 80 * seed, 400), `a rather long name of picture ${seed}.png`);
    }
    const page = await open(look);
    expect(await seriousFaults(page)).toEqual([]);
    await logIn(page, name);
    await page.setInputFiles('#files', [file('no image.png', Buffer.from('text'))]);
    await page.getByText('These bytes are not an image').waitFor();
    await page.getByRole('button', { name: 'Link for 10 min' }).first().click();
    await page.getByText('Opens for anybody until').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(look.width);
  });
});
