import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const symbols = ['SOL/USDT', 'SOL/BNB', 'DOGE/FDUSD', 'BTC/USDT'].map((pair) => {
  const [BaseAsset = '', QuoteAsset = ''] = pair.split('/');
  return { Symbol: `${BaseAsset}${QuoteAsset}`.toLowerCase(), BaseAsset, QuoteAsset };
});
const answers = {
  symbols: { Symbols: symbols },
  'coins/solbnb/candles': { Candles: [] },
  'coins/bnbusdt/candles': { Candles: [] },
};
const viewport = { width: 1100, height: 800 };

describe.skipIf(!browser)('a pair that is not in USDT', () => {
  it('is named where one picks it and where one says how much: SOL/BNB, not just Solana', async () => {
    const frame = frameAt(noon, { btcusdt: { price: '100' } }, '100');
    await withWindow({ frame, answers, viewport }, async ({ page }) => {
      await page.getByRole('button', { name: 'Add coin' }).click();
      await page.locator('.search').fill('sol');
      await expect
        .poll(() => page.locator('.found-item .coin-names').allInnerTexts())
        .toEqual(['Solana\nSOL', 'Solana\nSOL/BNB']);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Add Solana SOL/BNB', exact: true }).waitFor();
    });
  });

  it('is named whole in the allocation, whatever stands beside it', async () => {
    const holdings = [['solbnb'], ['solbnb', 'dogefdusd'], ['btcusdt', 'solusdt', 'dogefdusd', 'solbnb']];
    const frames = holdings.map((held, at) =>
      frameAt(
        noon + at * 1_000,
        Object.fromEntries(held.map((symbol) => [symbol, { price: '100' }])),
        (100 * held.length).toString(),
      ),
    );
    const first = frameAt(noon - 1_000, { btcusdt: { price: '100' } }, '100');
    await withWindow({ frame: first, answers, viewport }, async ({ page, send }) => {
      await page.locator('.legend-name').first().waitFor();
      for (const [at, frame] of frames.entries()) {
        await send(frame);
        await expect.poll(() => page.locator('.legend-name').count()).toBe(holdings[at]?.length);
        await expect.poll(() => page.locator('.legend').innerText()).toContain('SOL/BNB');
        const cut =
          "[...document.querySelectorAll('.legend-name')].filter((name) => name.scrollWidth > name.clientWidth).map((name) => name.innerText)";
        expect(await page.evaluate(cut)).toEqual([]);
        const legend = await page.locator('.legend').evaluate((list) => list.scrollWidth - list.clientWidth);
        expect(legend).toBeLessThanOrEqual(0);
      }
    });
  });
});
