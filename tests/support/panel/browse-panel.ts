import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from './open-browser.ts';
import { openPanelWorld, type PanelWorld, type PanelWorldOptions } from './panel-world.ts';

/** What a test file about the panel in a browser has: one world and one browser, and a new page for each test. */
export interface PanelInBrowser {
  world: PanelWorld;
  browser: Browser;
  page: Page;
}

/**
 * Opens and closes it all around the tests of a file. Each test fails when its page asked another host for something,
 * broke the policy or had a script that failed.
 *
 * @param prepare fills the world once, before the first test
 */
export function browsePanel(prepare?: (world: PanelWorld) => Promise<unknown>, options: PanelWorldOptions = {}) {
  const panel = {} as PanelInBrowser;
  let faults: string[];
  beforeAll(async () => {
    [panel.world, panel.browser] = await Promise.all([openPanelWorld(options), openBrowser()]);
    await prepare?.(panel.world);
  });
  afterAll(async () => {
    await panel.browser.close();
    await panel.world.close();
  });
  beforeEach(async () => {
    ({ page: panel.page, faults } = await openPage(panel.browser, panel.world.url));
  });
  afterEach(async () => {
    await panel.page.context().close();
    expect(faults).toEqual([]);
  });
  return panel;
}
