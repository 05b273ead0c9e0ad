import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt, frameAt } from './kit/frame.js';
import { browser, drawn, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const none = frameAt(noon, {}, '0');
const bitcoin = { btcusdt: { price: '100' } };
const answers = {
  'profile/coins': { Quantity: '1' },
  'profile/coins/ethusdt': { Quantity: '0' },
  'coins/btcusdt/candles': { Candles: [] },
  'coins/ethusdt/candles': { Candles: [] },
};
const path = '/portfolios/default';
/** So many holdings, the most valuable one first, and of C3 as much as is worth that. */
const manyAt = (atMs: number, count: number, worth = '997.5') =>
  frameAt(
    atMs,
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `c${at}usdt`,
        at === 3 ? { quantity: worth, price: '1', total: worth } : { price: `${1_000 - at}.5` },
      ]),
    ),
    '1',
  );
const marketOf = (at: number) => ({
  ...{ symbol: `m${at}usdt`, base: `M${at}`, quote: 'USDT', status: 'trading', price: '1.5', age: 900 },
  ...{ time: '2026-06-15T11:59:59.100Z', change1h: '0.1', change24h: '-1.2345', change7d: null },
  ...{ low24h: '1', high24h: '100000', range24h: '0.68', volume24h: `${9_000 - at}` },
  ...{ quoteVolume24h: `${9_000 - at}`, quoteVolumeUsdt24h: `${9_000 - at}` },
});
const markets = Array.from({ length: 500 }, (_, at) => marketOf(at));
const symbols = markets.map(({ symbol, base, quote }) => ({ Symbol: symbol, BaseAsset: base, QuoteAsset: quote }));
/** Of the markets, where one has gone to a place further down. */
const marketsAs = (moved = 0, to = 0) => {
  const tickers = markets.filter((_, at) => at !== moved).toSpliced(to, 0, ...markets.slice(moved, moved + 1));
  return { asOf: '2026-06-15T12:00:00.000Z', stale: null, simulated: false, tickers, next: null };
};
/** Who comes back to a tab is told at once how things are. */
const comeBack = (page: Page) => page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
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

describe.skipIf(!browser)('a long table whose rows change places', () => {
  it('stays where one scrolled to, while a row far above has the focus', async () => {
    const answers = { symbols: { Symbols: symbols }, tickers: marketsAs() };
    const frame = bitcoinAt(noon, '1');
    await withWindow({ frame, answers, path: '/markets', expected: /503/ }, async ({ page, answer }) => {
      await page.locator('.market-table [aria-rowindex="9"] .coin-link').focus();
      await page.mouse.move(600, 500);
      await page.mouse.wheel(0, 8_000);
      await page.locator('[aria-rowindex="170"]').waitFor();
      const before = await page.evaluate('scrollY');
      answer({ tickers: marketsAs(7, 8) });
      await comeBack(page);
      await page.locator('[data-row=m7usdt][aria-rowindex="10"]').waitFor();
      await drawn(page);
      expect(await page.evaluate('scrollY')).toBe(before);
      // A dialog gives the focus back to the row, also where that went twenty rows down meanwhile.
      await page.evaluate('scrollTo(0, 0)');
      await page.getByRole('button', { name: 'Add M7', exact: true }).click();
      await page.getByRole('dialog').waitFor();
      answer({ tickers: marketsAs(7, 60) });
      await comeBack(page);
      await page.locator('[data-row=m7usdt][aria-rowindex="62"]').waitFor({ state: 'attached' });
      await press(page, 'Escape');
      await expect.poll(() => focused(page)).toBe('Add M7');
    });
  });

  it('keeps the menu of a row beside it, and the focus comes back to the row from the menu and from a dialog', async () => {
    await withWindow({ frame: manyAt(noon, 200), path, expected: /503/ }, async ({ page, send }) => {
      const actions = page.getByRole('button', { name: 'Actions for C3', exact: true });
      await actions.click();
      await page.getByRole('menu').waitFor();
      // To another block of rows, made anew there.
      await send(manyAt(noon + 1_000, 200, '988.7'));
      await page.locator('tr[data-asset=C3][aria-rowindex="13"]').waitFor();
      /** Between the menu and its button, whichever is the upper one. */
      const gap = async () => {
        const [menu, button] = [await page.getByRole('menu').boundingBox(), await actions.boundingBox()];
        if (!menu || !button) return Number.NaN;
        return Math.abs(Math.max(menu.y - button.y - button.height, button.y - menu.y - menu.height));
      };
      await expect.poll(gap).toBeLessThan(12);
      await page.mouse.move(200, 500);
      await page.mouse.wheel(0, 5_000);
      await page.locator('[data-asset=C120]').waitFor();
      await press(page, 'Escape');
      await expect.poll(() => focused(page)).toBe('Actions for C3');
      await press(page, 'Enter');
      await page.getByRole('menuitem', { name: 'Reduce' }).click();
      await page.getByRole('dialog').getByRole('textbox').waitFor();
      await send(manyAt(noon + 2_000, 200, '900.7'));
      await page.locator('tr[data-asset=C3][aria-rowindex="101"]').waitFor({ state: 'attached' });
      await press(page, 'Escape');
      await expect.poll(() => focused(page)).toBe('Actions for C3');
    });
  });

  it('keeps its rows and the focus when the 61st comes, also while the part that draws long ones is loaded', async () => {
    await withWindow({ frame: manyAt(noon, 60), path, expected: /503/ }, async ({ page, send }) => {
      let go: () => void = () => undefined;
      const isLet = new Promise<void>((done) => {
        go = done;
      });
      await page.route('**/long-rows*', async (route) => {
        await isLet;
        await route.fallback();
      });
      await page.locator('tr[data-asset=C50] a').focus();
      const asked = page.waitForRequest('**/long-rows*');
      await send(manyAt(noon + 1_000, 61));
      await asked;
      await drawn(page);
      expect(await page.locator('tr[data-asset=C50]').count()).toBe(1);
      expect(await focused(page)).toMatch(/^C50/);
      go();
      await page.locator('tbody[data-block]').first().waitFor();
      await drawn(page);
      expect(await page.locator('tr[data-asset=C50]').count()).toBe(1);
      expect(await focused(page)).toMatch(/^C50/);
    });
  });
});
