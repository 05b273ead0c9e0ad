import type { PriceState } from '@tickfolio/client/frame';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt, type TestFrame } from './kit/frame.js';
import { exchangeOf } from './kit/klines.js';
import { browser, drawn, pointAt, withWindow } from './kit/window.js';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const noon = Date.parse('2026-06-15T12:00:00.000Z');
/** A frame whose price is of `priceMs`, and no other comes. */
const still = (atMs: number, priceMs: number, state: PriceState): TestFrame => {
  const frame = bitcoinAt(atMs, '1500.5');
  const at = new Date(priceMs).toISOString();
  const old = { PriceTime: at, PriceReceived: at, Stale: true, PriceState: state };
  return { ...frame, Coins: frame.Coins.map((coin) => ({ ...coin, ...old })) };
};
/** What the legend says of places of the chart, from one part of its width to another. */
const toldOf = async (page: Page, from: number, to: number, step: number): Promise<readonly string[]> => {
  const told = new Set<string>();
  for (let part = from; part < to; part += step) {
    await pointAt(page, '.coin-chart .chart-box', part);
    told.add((await page.locator('.chart-legend').innerText()).replace(/\s+/g, ' ').trim());
  }
  return [...told];
};

describe.skipIf(!browser)('the chart of a coin', () => {
  it('draws no candle of a time in which nothing was traded, because the exchange is away', async () => {
    const answers = { 'klines/btcusdt': exchangeOf(noon - 400 * minuteMs, minuteMs, noon).answer };
    await withWindow(
      { path: '/assets/BTC', frame: bitcoinAt(noon, '1500.5'), answers, expected: /503/ },
      async ({ page, send, answer }) => {
        await page.locator('.coin-chart canvas').first().waitFor();
        answer({ 'klines/btcusdt': undefined });
        for (let minute = 1; minute <= 5; minute++) await send(still(noon + minute * minuteMs, noon, 'feed-down'));
        await drawn(page);
        const told = await toldOf(page, 0.8, 0.99, 0.005);
        expect(told.some((words) => /12:00/.test(words) && /Open/.test(words))).toBe(true);
        expect(told.filter((words) => /12:0[1-5]/.test(words) && /Open/.test(words))).toEqual([]);
      },
    );
  });

  it('shows the last trades of a coin that was halted eight days ago', async () => {
    const haltedMs = noon - 8 * dayMs;
    const answers = { 'klines/btcusdt': exchangeOf(haltedMs - 400 * minuteMs, minuteMs, haltedMs).answer };
    await withWindow(
      { path: '/assets/BTC', frame: still(noon, haltedMs, 'halted'), answers, expected: /503/ },
      async ({ page }) => {
        await page.locator('.coin-chart canvas').first().waitFor();
        await drawn(page);
        expect((await toldOf(page, 0.02, 0.99, 0.02)).some((words) => /1,[34]\d\d/.test(words))).toBe(true);
      },
    );
  });
});

describe.skipIf(!browser)('changes of 7 days', () => {
  it('stay while the prices of the next hour are on their way, and where they do not come', async () => {
    const atMs = Date.parse('2026-06-15T12:59:58.000Z');
    const answers = {
      'profile/basis': { At: '', Prices: [{ Symbol: 'btcusdt', Price: '100', QuotePrice: '100' }] },
      'profile/day': { AsOf: new Date(atMs).toISOString(), Opens: [] },
    };
    await withWindow({ frame: bitcoinAt(atMs, '150'), answers, expected: /503/ }, async ({ page, send, answer }) => {
      await page.getByLabel('Changes since').selectOption('7d');
      const change = page.locator('.changes .change');
      await change.waitFor();
      answer({ 'profile/basis': undefined });
      const refused = () => page.waitForResponse((response) => response.url().includes('/profile/basis'));
      const first = refused();
      await send(bitcoinAt(atMs + 3_000, '151'));
      await first;
      await drawn(page);
      await expect.poll(() => change.count()).toBe(1);
      // It is tried twice more, then given up until the next minute.
      await refused();
      await refused();
      await drawn(page);
      await expect.poll(() => change.count()).toBe(1);
    });
  });
});
