import { devices } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const symbols = Array.from({ length: 30 }, (_, at) => `c${String(at).padStart(2, '0')}usdt`);
const frameOf = (second: number) => {
  const coins = Object.fromEntries(symbols.map((symbol) => [symbol, { price: `${100 + second}` }]));
  return frameAt(noon + second * 1_000, coins, `${(100 + second) * symbols.length}`);
};
const rowTexts = `[...document.querySelectorAll('tbody tr')].map((row) => ['.cell-price', '.cell-change .change > [translate]', '.cell-value .strong']
  .map((cell) => row.querySelector(cell)?.textContent).join(' '))`;

describe.skipIf(!browser)('rows out of sight on a phone with a touch screen', () => {
  it('show the newest figures with every push, for who has them read out and in a picture of the whole page', async () => {
    const day = { Since: '', Opens: [], DayAgo: symbols.map((symbol) => ({ Symbol: symbol, Price: '100' })) };
    const { defaultBrowserType: _, ...phone } = devices['Pixel 7'] ?? { defaultBrowserType: 'chromium' };
    await withWindow(
      { ...phone, locale: 'en-US', frame: frameOf(0), answers: { 'profile/day': day } },
      async ({ page, send }) => {
        await page.getByRole('button', { name: 'Show all 30' }).click();
        const rows = () => page.evaluate(rowTexts) as Promise<string[]>;
        await expect.poll(async () => new Set(await rows())).toEqual(new Set(['100 0.00 % 100.00']));
        const outOfSight = `[...document.querySelectorAll('tbody tr')].filter((row) => {
          const { top, bottom } = row.getBoundingClientRect();
          return top > innerHeight || bottom < 0;
        }).length`;
        expect(await page.evaluate(outOfSight)).toBeGreaterThan(15);
        for (const second of [1, 2, 3]) {
          await send(frameOf(second));
          expect(new Set((await rows()).map((row) => row.split(' ')[0]))).toEqual(new Set([`${100 + second}`]));
        }
        await send(frameOf(50));
        await expect.poll(async () => new Set(await rows())).toEqual(new Set(['150 +50.00 % 150.00']));
      },
    );
  });
});

/** The elements that are higher than a line of theirs, or cut at their right end. */
const brokenOf = (selector: string) => `[...document.querySelectorAll('${selector}')]
  .filter((one) => one.offsetHeight > 1.8 * parseFloat(getComputedStyle(one).fontSize) * 1.2 || one.scrollWidth > one.clientWidth)
  .map((one) => one.textContent)`;

describe.skipIf(!browser)('rows on the narrowest phones, in German', () => {
  const coins = {
    solusdt: { quantity: '123456.789', price: '151.32', total: '18681481.31148' },
    btcusdt: { quantity: '1.5', price: '67899.92', total: '101849.88' },
    dogeusdt: { quantity: '0.00000123', price: '0.16444', total: '0.0000002022612' },
  };
  const frame = frameAt(noon, coins, '18783331.1914802022612');
  const tickers = ['BTC', 'ETH', 'SOL', 'DOGE'].map((base, at) => ({
    ...{ symbol: `${base.toLowerCase()}usdt`, base, quote: 'USDT', status: 'trading', price: '67899.92', age: 900 },
    ...{ time: '2026-06-15T11:59:59.100Z', change1h: '0.1', change24h: '-11.2345', change7d: null },
    ...{ low24h: '1', high24h: '100000', range24h: '0.68', volume24h: `${9_000 - at}` },
    ...{ quoteVolume24h: `${9_000 - at}`, quoteVolumeUsdt24h: `${9_000 - at}` },
  }));
  const answers = {
    tickers: { asOf: '2026-06-15T12:00:00.000Z', stale: null, simulated: false, tickers, next: null },
    symbols: tickers.map(({ symbol, base, quote }) => ({ Symbol: symbol, BaseAsset: base, QuoteAsset: quote })),
  };

  it.each([320, 360])(
    'have what one owns in one line, and the words that it is held uncut, at %i px',
    async (width) => {
      const phone = { viewport: { width, height: 700 }, isMobile: true, hasTouch: true, locale: 'de-DE' };
      await withWindow({ ...phone, frame, answers }, async ({ page }) => {
        await page.locator('tr[data-asset=SOL] .cell-value .strong').waitFor();
        expect(await page.evaluate(brokenOf('.cell-value .strong, .cell-value .below-value'))).toEqual([]);
        await page.goto(new URL('/markets', page.url()).href);
        await page.locator('.market-row .tag').first().waitFor();
        expect(await page.locator('.market-row .tag').first().innerText()).toBe('im Bestand');
        expect(await page.evaluate(brokenOf('.market-row .tag'))).toEqual([]);
      });
    },
  );
});
