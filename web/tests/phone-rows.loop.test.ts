import { devices } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, drawn, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const spanMs = 3_000;
const symbols = Array.from({ length: 30 }, (_, at) => `c${String(at).padStart(2, '0')}usdt`);
const frameOf = (second: number) => {
  const coins = Object.fromEntries(symbols.map((symbol) => [symbol, { price: `${100 + second}` }]));
  return frameAt(noon + second * 1_000, coins, `${(100 + second) * symbols.length}`);
};
const rowTexts = `[...document.querySelectorAll('tbody tr')].map((row) => ['.cell-price', '.cell-change .change > [translate]', '.cell-value .strong']
  .map((cell) => row.querySelector(cell)?.textContent).join(' '))`;

describe.skipIf(!browser)('rows out of sight on a phone with a touch screen', () => {
  it('have figures that are three seconds old at most, whether pushes go on or not, for who has them read out and in a picture of the whole page', async () => {
    const day = { Since: '', Opens: [], DayAgo: symbols.map((symbol) => ({ Symbol: symbol, Price: '100' })) };
    const { defaultBrowserType: _, ...phone } = devices['Pixel 7'] ?? { defaultBrowserType: 'chromium' };
    await withWindow(
      { ...phone, locale: 'en-US', frame: frameOf(0), answers: { 'profile/day': day } },
      async ({ page, send }) => {
        const rows = () => page.evaluate(rowTexts) as Promise<string[]>;
        await expect.poll(async () => new Set(await rows())).toEqual(new Set(['100 0.00 % 100.00']));
        expect(await page.locator('tbody tr:not([data-seen])').count()).toBeGreaterThan(15);
        const began = performance.now();
        for (let second = 1; second <= 5; second++) {
          await send(frameOf(second));
          await page.waitForTimeout(Math.max(0, began + second * 1_000 - performance.now()));
          const oldest = Math.min(...(await rows()).map((row) => Number.parseFloat(row)));
          // A row that had its turn just before a push has the next one three seconds later.
          expect(oldest).toBeGreaterThanOrEqual(100 + second - spanMs / 1_000 - 1);
        }
        await page.waitForTimeout(spanMs + 500);
        await drawn(page);
        expect(new Set(await rows())).toEqual(new Set(['105 +5.00 % 105.00']));
      },
    );
  });
});
