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
  'coins/solusdt/candles': { Candles: [] },
  'coins/solbnb/candles': { Candles: [] },
  'coins/bnbusdt/candles': { Candles: [] },
};
const viewport = { width: 1100, height: 800 };

describe.skipIf(!browser)('a pair that is not in USDT', () => {
  it('is a choice beside the quantity, where the asset is found once, and is named then: SOL/BNB, not just Solana', async () => {
    const frame = frameAt(noon, { btcusdt: { price: '100' } }, '100');
    await withWindow({ frame, answers, viewport }, async ({ page }) => {
      const found = page.locator('.found-item .coin-names');
      await page.getByRole('button', { name: 'Add asset' }).click();
      await page.locator('.search').fill('slo');
      await page.locator('.search').fill('solan');
      await expect.poll(() => found.allInnerTexts()).toEqual(['Solana\nSOL']);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Add Solana', exact: true }).waitFor();
      await page.getByLabel('Priced in').selectOption('BNB');
      await page.getByRole('heading', { name: 'Add Solana SOL/BNB', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Back' }).click();
      await page.locator('.search').fill('sol/bnb');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Add Solana SOL/BNB', exact: true }).waitFor();
    });
  });

  it('is not needed to learn why USDT cannot be added, and what can', async () => {
    const frame = frameAt(noon, { btcusdt: { price: '100' } }, '100');
    const usdc = { Symbol: 'usdcusdt', BaseAsset: 'USDC', QuoteAsset: 'USDT' };
    const given = { ...answers, symbols: { Symbols: [...symbols, usdc] }, 'coins/usdcusdt/candles': { Candles: [] } };
    await withWindow({ frame, answers: given, viewport }, async ({ page }) => {
      await page.getByRole('button', { name: 'Add asset' }).click();
      await page.locator('.search').fill('tether');
      await expect.poll(() => page.locator('.found-item .coin-names').first().innerText()).toBe('Tether\nUSDT');
      await page.keyboard.press('Enter');
      await page.getByText('USDT itself cannot be added').waitFor();
      await page.getByRole('button', { name: 'USD Coin' }).click();
      await page.getByLabel('How much USDC?').waitFor();
    });
  });

  it('is named whole in the allocation, whatever stands beside it', async () => {
    const holdings = [['solbnb'], ['solbnb', 'dogefdusd'], ['btcusdt', 'dogefdusd', 'solbnb']];
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
