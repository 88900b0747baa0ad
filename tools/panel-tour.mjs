import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { buildMissing } from './build.mjs';
import { root } from './root.mjs';
import { startThrowaway } from './throwaway-service.mjs';

// `npm run panel:tour`: the pictures of the panel in the README, from a throwaway instance with made-up records. Needs
// Chromium, at CHROMIUM_PATH or where Debian has it.
const directory = join(root, 'docs/images');
const mostBytes = 60_000;
const password = 'a tour of the red room';

await buildMissing();
const service = await startThrowaway();
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  await fill();
  await mkdir(directory, { recursive: true });
  const page = await logIn({ colorScheme: 'light' });
  for (const [name, show] of Object.entries(stations())) {
    await show(page);
    await keep(page, name);
  }
  const dark = await logIn({ colorScheme: 'dark', viewport: { width: 390, height: 780 } });
  await dark.goto('/admin/resources/images');
  await dark.getByRole('button', { name: 'Grid' }).click();
  await dark.getByText('meadow-3.jpg').waitFor();
  await keep(dark, 'panel-narrow-dark');
} finally {
  await browser.close();
  await service.stop();
}

/** What the README goes through, in its order. */
function stations() {
  const openFirst = async (page, list) => {
    await page.goto(`/admin/resources/${list}`);
    await page.locator('a.dr-name').first().click();
    await page.waitForURL(/records/);
  };
  return {
    'panel-start': async (page) => {
      await page.goto('/admin');
      await page.getByRole('heading', { name: 'Uploads of the last 30 days' }).waitFor();
    },
    'panel-list': async (page) => {
      await page.goto('/admin/resources/images?filters.status=ready');
      await page.locator('.dr-facet').first().waitFor();
      await page.getByLabel('Choose all on this page').check();
    },
    'panel-image': async (page) => {
      await openFirst(page, 'images?query=meadow-1');
      await page.locator('.dr-picture img').waitFor();
      await page.locator('.dr-thumbnails').scrollIntoViewIfNeeded();
    },
    'panel-user': async (page) => {
      await openFirst(page, 'users?query=plover');
      await page.getByText('harbour-1.jpg').first().scrollIntoViewIfNeeded();
    },
    'panel-tier': async (page) => {
      await openFirst(page, 'tiers?query=premium');
      await page.locator('[data-action=edit]').click();
      const heights = page.locator('input[name=thumbnailHeights]');
      await heights.fill('800');
      await heights.press('Enter');
      await page.getByText('When you save this').scrollIntoViewIfNeeded();
    },
    'panel-delete': async (page) => {
      await openFirst(page, 'users?query=kestrel');
      await page.locator('[data-action=delete]').click();
      await page.getByRole('button', { name: 'Yes, delete it' }).waitFor();
    },
  };
}

/** Made-up rows for the numbers, and pictures of some users with real thumbnails. */
async function fill() {
  await service.manage(['seed', '--users', '80', '--images', '900']);
  const owners = ['kestrel', 'plover', 'linnet'];
  await Promise.all(owners.map((name, index) => service.createUser(name, index ? 'Enterprise' : 'Premium', password)));
  for (const [index, name] of owners.entries()) {
    const { access } = await call('/token/', { json: { username: name, password } });
    for (let number = 0; number < 6; number += 1) {
      const picture = await draw(index * 6 + number);
      const address = `/image/upload?filename=${['hills', 'harbour', 'meadow'][index]}-${number + 1}.jpg`;
      const headers = { 'Content-Type': 'image/jpeg', Prefer: 'wait=15' };
      const { id } = await call(address, { token: access, body: picture, headers });
      if (index > 0 && number < 2)
        await call('/image/expiring/', { token: access, json: { image: id, expire_time: 3_600 } });
    }
  }
}

/** Hills under a sky, other ones for each number. */
function draw(number) {
  const hue = (number * 47) % 360;
  const hill = (y, light) =>
    `<path fill="hsl(${(hue + 40) % 360} 32% ${light}%)" d="M0 ${y} C 300 ${y - 160 - (number % 4) * 30}, 520 ${y + 60}, 760 ${y - 60}
      S 1150 ${y - 140}, 1200 ${y - 40} V 800 H 0 Z"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="800">
    <defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="hsl(${hue} 60% 72%)"/><stop offset="1" stop-color="hsl(${(hue + 30) % 360} 70% 90%)"/></linearGradient></defs>
    <rect width="1200" height="800" fill="url(#sky)"/>
    <circle cx="${250 + ((number * 173) % 700)}" cy="190" r="80" fill="#fff" opacity=".85"/>
    ${hill(520, 58)}${hill(610, 44)}${hill(700, 30)}</svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer();
}

async function logIn(options) {
  const context = await browser.newContext({
    baseURL: service.url,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  await page.goto('/admin/login/');
  await page.getByLabel('User name').fill('admin');
  await page.getByLabel('Password').fill(service.adminPassword);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.waitForURL((address) => !address.pathname.startsWith('/admin/login'));
  return page;
}

/** As WebP, in the best quality that keeps it small. */
async function keep(page, name) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.waitForLoadState('networkidle');
  const picture = sharp(await page.screenshot());
  for (const quality of [82, 74, 66, 58, 50]) {
    const bytes = await picture.clone().webp({ quality, effort: 6 }).toBuffer();
    if (bytes.length > mostBytes) continue;
    await writeFile(join(directory, `${name}.webp`), bytes);
    process.stdout.write(`docs/images/${name}.webp  ${bytes.length} bytes, quality ${quality}\n`);
    return;
  }
  throw new Error(`${name} is larger than ${mostBytes} bytes at the lowest quality`);
}

async function call(path, { token, json, body, headers = {} }) {
  const answer = await fetch(service.url + path, {
    method: 'POST',
    headers: {
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(json ? { 'Content-Type': 'application/json' } : {}),
      ...headers,
    },
    body: json ? JSON.stringify(json) : body,
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
