import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const none = frameAt(noon, {}, '0');
const bitcoin = { btcusdt: { price: '100' } };
const answers = {
  'profile/coins': { Quantity: '1' },
  'profile/coins/ethusdt': { Quantity: '0' },
  'coins/btcusdt/candles': { Candles: [] },
  'coins/ethusdt/candles': { Candles: [] },
};
const focused = (page: Page) =>
  page.evaluate(
    "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText",
  ) as Promise<string>;
const press = async (page: Page, ...keys: readonly string[]) => {
  for (const key of keys) await page.keyboard.press(key);
};

describe.skipIf(!browser)('who uses the keyboard alone', () => {
  it('goes on at the heading of the page after signing up, and after adding the first coin', async () => {
    await withWindow({ signedIn: false, path: '/sign-up', frame: none, answers }, async ({ page, send }) => {
      await page.getByLabel('Name').fill('maria');
      await page.getByLabel('Password', { exact: true }).fill('correct horse');
      await press(page, 'Enter');
      await expect.poll(() => focused(page)).toBe('Add your first asset');
      await press(page, 'Tab', 'Enter'); // Add asset
      await page.keyboard.type('bitcoin');
      await page.locator('.found-item').first().waitFor();
      await press(page, 'Enter');
      await page.getByLabel('How much BTC?').waitFor();
      await page.keyboard.type('1');
      await press(page, 'Enter');
      await send(frameAt(noon + 1_000, bitcoin, '100'));
      await expect.poll(() => focused(page)).toBe('Total value');
    });
  });

  it("goes on at the neighbour of a coin that was removed, and at the heading of a coin's page", async () => {
    const two = frameAt(noon, { btcusdt: { price: '100' }, ethusdt: { price: '50' } }, '150');
    await withWindow({ frame: two, answers }, async ({ page, send }) => {
      const remove = async (coin: string) => {
        await page.getByRole('button', { name: `Actions for ${coin}` }).focus();
        await press(page, 'Enter');
        await expect.poll(() => focused(page)).toBe('Add');
        await press(page, 'End', 'Enter'); // Remove
      };
      await remove('Ethereum');
      await send(frameAt(noon + 1_000, bitcoin, '100'));
      await expect.poll(() => focused(page)).toBe('Actions for Bitcoin');
      // A menu that is closed gives it back to where it was, and so does a dialog that was opened from it.
      await press(page, 'Enter');
      await expect.poll(() => focused(page)).toBe('Add');
      await press(page, 'Escape');
      await expect.poll(() => focused(page)).toBe('Actions for Bitcoin');
      await press(page, 'Enter');
      await expect.poll(() => focused(page)).toBe('Add');
      await press(page, 'Enter');
      await page.getByLabel(/^How much/).waitFor();
      await press(page, 'Escape');
      await expect.poll(() => focused(page)).toBe('Actions for Bitcoin');
      await page.locator('tr[data-symbol=btcusdt]').getByRole('link').focus();
      await press(page, 'Enter');
      await expect.poll(() => focused(page)).toMatch(/^Bitcoin/);
    });
  });
});
