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
