import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, drawn, origin, withWindow } from './kit/window.js';

// What holds on every page, wherever one has scrolled to and whatever prices do.

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const assets = ['btc', 'eth', 'sol', 'doge', 'bnb', 'xrp', 'ada', 'link', 'avax', 'dot', 'ltc', 'atom'];
const held = (atMs: number, more: number) =>
  frameAt(
    atMs,
    Object.fromEntries(assets.map((asset, at) => [`${asset}usdt`, { price: `${1_000 - at + more}.25` }])),
    `${11_937 + 12 * more}`,
    true,
  );
const points = [30, 20, 10].map((ago, at) => ({
  Time: new Date(noon - ago * 60_000).toISOString(),
  Value: `${at + 1}`,
}));
const answers = {
  'profile/value': { Range: '24h', StepSeconds: 300, Points: points },
  'profile/day': { Since: '', Opens: [] },
  'coins/btcusdt/candles': { Range: '1h', StepSeconds: 60, Candles: [], Today: null, Day: null, Volume: null },
};
const routes = [
  '/',
  '/portfolios',
  '/portfolios/default',
  '/portfolios/p-paper',
  '/portfolios/p-paper/settings',
  '/markets',
  '/markets?list=watchlist',
  '/assets/BTC',
  '/trade/btcusdt',
  '/settings/profile',
  '/settings/security',
  '/settings/display',
];
const sizes = [
  { width: 1_280, height: 600 },
  { width: 390, height: 844 },
];

/** Whether the word can be read where the page is scrolled to: inside the window, with nothing drawn over it. */
const saysSimulated = (page: Page) =>
  page.evaluate(`(() => {
    const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let word = words.nextNode(); word; word = words.nextNode()) {
      if (!/simulated/i.test(word.data)) continue;
      const range = document.createRange();
      range.selectNodeContents(word);
      const { left, top, width, height } = range.getBoundingClientRect();
      if (width < 8 || height < 8 || top < 0 || left < 0 || top + height > innerHeight || left + width > innerWidth) continue;
      const seen = document.elementFromPoint(left + width / 2, top + height / 2);
      if (seen && (seen.contains(word) || word.parentElement.contains(seen))) return true;
    }
    return false;
  })()`) as Promise<boolean>;

describe.skipIf(!browser)('simulated prices', () => {
  it('are called so at every place of every page, wide and on a phone', { timeout: 300_000 }, async () => {
    for (const viewport of sizes)
      await withWindow({ frame: held(noon, 0), answers, viewport }, async ({ page }) => {
        for (const path of routes) {
          await page.goto(origin + path);
          await page.locator('h1').first().waitFor({ state: 'attached' });
          await expect.poll(() => saysSimulated(page)).toBe(true);
          const height = (await page.evaluate('document.documentElement.scrollHeight')) as number;
          for (let top = 0; top < height; top += viewport.height / 2) {
            await page.evaluate(`scrollTo(0, ${top})`);
            await drawn(page);
            expect([path, viewport.width, top, await saysSimulated(page)]).toEqual([path, viewport.width, top, true]);
          }
        }
      });
  });
});

/** Looks at every picture how much of each element can be seen through, until it is told to stop. */
const watchOpacity = `
  window.pictures = 0;
  window.faint = new Map();
  window.watching = true;
  (function look() {
    window.pictures += 1;
    for (const element of document.querySelectorAll('body *')) {
      if (!element.checkVisibility() || Number(getComputedStyle(element).opacity) >= 0.9) continue;
      window.faint.set(element, (window.faint.get(element) ?? 0) + 1);
    }
    if (window.watching) requestAnimationFrame(look);
  })();`;
const faintOnes = `(() => {
  window.watching = false;
  return [...window.faint]
    .filter(([element, pictures]) => element.isConnected && pictures > window.pictures / 10)
    .map(([element, pictures]) => element.outerHTML.slice(0, 120) + ' ' + pictures + ' of ' + window.pictures);
})()`;

describe.skipIf(!browser)('a portfolio whose prices all move in every second', () => {
  it('is drawn whole: nothing of it is faint for more than a tenth of the time', async () => {
    const seconds = 8;
    await withWindow({ frame: held(noon, 0), answers }, async ({ page, send }) => {
      await page.locator('.value-panel canvas').waitFor();
      await page.evaluate(watchOpacity);
      for (let second = 1; second <= seconds; second++) {
        await send(held(noon + second * 1_000, second));
        await page.waitForTimeout(1_000);
      }
      expect(await page.evaluate(faintOnes)).toEqual([]);
    });
  });
});
