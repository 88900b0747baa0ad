import { describe, expect, it } from '@jest/globals';
import { browsePanel } from '../support/panel/browse-panel.ts';
import { adminPassword } from '../support/panel/panel-world.ts';
import { seriousFaults } from '../support/panel/serious-faults.ts';

const panel = browsePanel(
  async (world) => {
    for (const name of ['kot.png', 'pies.png', 'lis.png']) await world.addImage({ ownerId: world.admin.id, name });
  },
  { path: '/photos' },
);

describe('the panel below a path, in another language', () => {
  it('is chosen at the login, stays below the path, counts as the language does, and is changed where one is', async () => {
    const { page } = panel;
    await page.goto('/photos/admin/resources/images');
    await page.getByRole('button', { name: 'Polski' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('pl');
    await page.getByLabel('Nazwa użytkownika').fill('admin');
    await page.getByLabel('Hasło').fill(adminPassword);
    await page.getByRole('button', { name: 'Zaloguj się' }).click();
    await page.waitForURL('/photos/admin/resources/images');
    await page.getByRole('heading', { name: 'Obrazy' }).waitFor();
    await page.locator('img[src*="/photos/"]').first().waitFor();

    await page.getByLabel('Zaznacz wszystkie na tej stronie').check();
    await page.getByText('Zaznaczono 3', { exact: true }).waitFor();
    await page.locator('.dr-selection').getByRole('link', { name: 'Usuń' }).click();
    await page.getByText('Usunąć te 3 rekordy? Tego nie da się cofnąć.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('link', { name: 'Wróć' }).click();

    await page.getByRole('row', { name: /kot\.png/ }).click();
    await page.waitForURL(/\/photos\/admin\/resources\/images\/records\/[0-9a-f-]+\/show/);
    await page.getByRole('heading', { name: 'kot.png' }).waitFor();
    const record = page.url();
    await page.getByLabel('Język').selectOption('de');
    await page.getByRole('link', { name: 'Befristete Links' }).first().waitFor();
    expect(page.url()).toBe(record);
    await page.getByRole('link', { name: 'Was ist was' }).click();
    await page.getByText('Welche Arten von Datensätzen').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Abmelden' }).click();
    await page.waitForURL('/photos/admin/login/');
    await page.getByRole('heading', { name: 'Am Panel anmelden' }).waitFor();
  });
});
