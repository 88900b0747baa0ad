import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../support/panel/open-browser.ts';
import { type App, password, startApp } from '../support/start-app.ts';

let app: App;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  [app, browser] = await Promise.all([startApp(), openBrowser()]);
  await app.as('ada', 'Enterprise');
}, 120_000);
afterAll(async () => {
  await browser.close();
  await app.close();
});
afterEach(async () => {
  await page.context().close();
  // No other host, no broken policy, no script that fails.
  expect(faults).toEqual([]);
});

async function open(options: { width?: number; dark?: boolean } = {}): Promise<void> {
  ({ page, faults } = await openPage(browser, app.url, options));
  await page.goto('/docs');
  await page.getByRole('heading', { name: /^Darkroom/ }).waitFor();
}

/** Opens GET /me and sends it; answers with the status that the page shows. */
async function tryMe(): Promise<string> {
  const operation = page.locator('#operations-Account-getMe');
  if ((await operation.getByRole('button', { name: 'Execute' }).count()) === 0) {
    await operation.locator('.opblock-summary-control').click();
    await operation.getByRole('button', { name: 'Try it out' }).click();
  }
  const answered = page.waitForResponse((response) => new URL(response.url()).pathname === '/me');
  await operation.getByRole('button', { name: 'Execute' }).click();
  const status = (await answered).status();
  await operation.locator('.live-responses-table .response-col_status', { hasText: String(status) }).waitFor();
  return operation.locator('.live-responses-table').innerText();
}

describe('the documentation page, in a browser', () => {
  it('logs in with a name and a password, and then calls are answered', async () => {
    await open();
    expect(await tryMe()).toMatch(/not_authenticated/);
    await page.getByLabel('Username').fill('ada');
    await page.getByRole('textbox', { name: 'Password' }).fill('not this one');
    await page.locator('#login').getByRole('button').click();
    await page.getByText('No active account found with the given credentials').waitFor();
    await page.getByLabel('Username').fill('ada');
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    await page.locator('#login').getByRole('button').click();
    await page.getByText('Logged in as ada').waitFor();
    expect(await tryMe()).toMatch(/"username": "ada"/);

    await page.getByRole('button', { name: 'Log out', exact: true }).click();
    await page.getByLabel('Username').waitFor();
    expect(await tryMe()).toMatch(/not_authenticated/);
  });

  it('takes a token by the padlock of an operation as well', async () => {
    await open({ width: 390, dark: true });
    const { access } = await app.logIn('ada');
    await page.locator('#operations-Account-getMe .authorization__btn').click();
    const dialog = page.locator('.dialog-ux');
    await dialog.locator('input').fill(access);
    await dialog.getByRole('button', { name: 'Apply credentials' }).click();
    await dialog.getByRole('button', { name: 'Close' }).first().click();
    expect(await tryMe()).toMatch(/"username": "ada"/);
  });
});
