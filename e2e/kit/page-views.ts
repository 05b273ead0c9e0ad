import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { BrowserContextOptions } from 'playwright-core';
import { expect } from 'vitest';
import { createAccount, type OpenPage, signIn, withPage } from './page.js';

export const phone: BrowserContextOptions = {
  viewport: { width: 375, height: 812 },
  isMobile: true,
  hasTouch: true,
  deviceScaleFactor: 2,
};

const fiveCoins = { btcusdt: '1.5', ethusdt: '10.123456789012345678', solusdt: '120', dogeusdt: '25000', ethbtc: '2' };
const gates = ['/sign-in', '/sign-up', '/recover'];
const pages: readonly [string, (open: OpenPage) => Promise<void>][] = [
  ['/', async ({ page }) => page.locator('table.coins').waitFor()],
  ['/portfolios', async ({ page }) => page.getByRole('link', { name: 'Paper (simulated)' }).waitFor()],
  ['/portfolios/default/settings', async ({ page }) => page.getByLabel('Sold first').waitFor()],
  ['/assets/BTC', async ({ page }) => page.locator('.coin-chart canvas').first().waitFor()],
  ['/trade/btcusdt', async ({ page }) => page.getByText('No order is open.').waitFor()],
  ['/settings/profile', async ({ page }) => page.getByRole('button', { name: 'Sign out', exact: true }).waitFor()],
  ['/settings/security', async ({ page }) => page.getByText('Account created').waitFor()],
  ['/assets/NOTHING', async ({ page }) => page.getByText('does not list NOTHING').waitFor()],
];

/** Goes over every page and dialog, with axe-core at each, and sees that none is wider than the screen. */
export const inspectPages = async (base: string, options: BrowserContextOptions): Promise<void> => {
  const [account, empty] = [await createAccount(base, fiveCoins), await createAccount(base)];
  await withPage(
    { reducedMotion: 'reduce', ...options },
    async (open) => {
      const { page } = open;
      const inspect = async (name: string) => expect([name, await accessibilityFaults(page)]).toEqual([name, []]);
      for (const path of gates) {
        await page.goto(base + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await inspect(path);
      }
      await signIn(page, base, account);
      for (const [path, ready] of pages) {
        await page.goto(base + path);
        await ready(open);
        await inspect(path);
        await settled(async () =>
          expect([path, await page.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([
            path,
            true,
          ]),
        );
      }
      await page.goto(base);
      await page.getByRole('button', { name: 'Add asset' }).click();
      await page.getByRole('listbox').getByRole('option').first().waitFor();
      await inspect('search');
      await page.keyboard.press('Enter');
      await page.getByLabel(/^How much/).waitFor();
      await inspect('quantity');
    },
    /status of 40[14]/,
  );
  await withPage(options, async ({ page }) => {
    await signIn(page, base, empty);
    await page.getByRole('heading', { name: 'Add your first asset' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
};
