import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { Refused } from './kit/refused.js';
import { browser, origin, withWindow } from './kit/window.js';

// What the browser's tab is called: of many tabs, and in the history, each is to be told from the others.

const frame = frameAt(Date.parse('2026-06-15T12:00:00.000Z'), { btcusdt: { price: '1000.25' } }, '11937', true);
const own = [
  '/portfolios',
  '/portfolios/default',
  '/portfolios/p-paper',
  '/portfolios/p-paper/settings',
  '/markets',
  '/assets/BTC',
  '/settings/profile',
  '/settings/security',
  '/settings/display',
  '/nowhere',
];
const open = ['/welcome', '/sign-in', '/sign-up', '/recover', '/deletions/x', '/s/x'];
const refused = new Refused(404, 'not-found');
const answers = { 'deletions/x': refused, 'shares/x': refused };

/** As on the page, in one line. */
const headingOf = async (page: Page): Promise<string> =>
  (await page.locator('main h1').first().innerText()).replace(/\s+/g, ' ').trim();

/** Opens each, and waits until the tab is called after it. @returns what they are called */
const titlesOf = async (page: Page, paths: readonly string[]): Promise<ReadonlySet<string>> => {
  const titles = new Set<string>();
  for (const path of paths) {
    await page.goto(origin + path);
    await page.locator('main h1').first().waitFor();
    await expect
      .poll(async () => {
        const [title, heading] = [await page.title(), await headingOf(page)];
        return title.endsWith(`${heading} · tickfolio`) || `${path}: ${title} is not of ${heading}`;
      })
      .toBe(true);
    titles.add(await page.title());
  }
  return titles;
};

describe.skipIf(!browser)('the title of the tab', () => {
  const locales = ['en-US', 'de-DE'];
  it.each(locales)('says which page it is to who is not signed in (%s)', async (locale) => {
    await withWindow({ signedIn: false, locale, answers, expected: /404|503/ }, async ({ page }) => {
      expect((await titlesOf(page, open)).size).toBe(open.length);
    });
  });

  it.each(locales)('says which page it is, wherever one came from (%s)', async (locale) => {
    await withWindow({ frame, locale, expected: /503/ }, async ({ page }) => {
      expect((await titlesOf(page, own)).size).toBe(own.length);
      // Gone there on the page itself, and back.
      await page.goto(`${origin}/markets`);
      await page.locator('main h1').first().waitFor();
      const markets = await page.title();
      await page.getByRole('link', { name: 'Portfolio', exact: true }).first().click();
      await expect.poll(() => page.title()).toMatch(/^11[.,]937[.,]00 USDT · .+ · tickfolio$/);
      await page.goBack();
      await expect.poll(() => page.title()).toBe(markets);
    });
  });

  it('says what everything is worth, unless amounts are hidden', async () => {
    await withWindow({ frame }, async ({ page }) => {
      await expect.poll(() => page.title()).toBe('11,937.00 USDT · Home · tickfolio');
      await page.keyboard.press('.');
      await expect.poll(() => page.title()).toBe('Home · tickfolio');
    });
  });
});
