import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { frameAt } from './kit/frame.js';
import { browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const real = frameAt(
  noon,
  { btcusdt: { price: '50' }, ethusdt: { price: '30' }, solusdt: { price: '15' }, dogeusdt: { price: '5' } },
  '100',
);
const old = {
  ...real,
  Coins: real.Coins.map((coin) =>
    coin.Symbol === 'dogeusdt' ? { ...coin, Stale: true, PriceState: 'halted' as const } : coin,
  ),
};
const ago = (symbol: string, price: string) => ({ Symbol: symbol, Price: price, QuotePrice: price });
const answers = {
  'profile/day': {
    Since: '',
    Opens: [{ ...ago('solusdt', '10'), Since: '2026-06-15T11:00:00.000Z' }],
    DayAgo: [ago('btcusdt', '49'), ago('ethusdt', '60'), ago('dogeusdt', '1')],
  },
};
const boxesOf = (page: Page) =>
  page.evaluate(`(() => {
    const of = (selector) => document.querySelector(selector).getBoundingClientRect();
    const [holdings, movers] = [of('.holdings'), of('.movers')];
    return { isBeside: movers.left >= holdings.right, isBelow: movers.top >= holdings.bottom };
  })()`);

describe.skipIf(!browser)('Home', () => {
  it('lists what moved most among the holdings, and what that was in money, and leads to it', async () => {
    await withWindow({ frame: old, answers }, async ({ page }) => {
      const names = page.locator('.movers .mover-name');
      await expect.poll(() => names.allInnerTexts()).toEqual(['Ethereum', 'Solana', 'Bitcoin']);
      expect(await page.locator('.mover-figures').first().innerText()).toMatch(/−50\.00 %\s+−30\.00 USDT/);
      await names.first().click();
      await page.waitForURL(`${origin}/assets/ETH`);
    });
  });

  it('says what to know before one believes the total, and nothing where there is nothing', async () => {
    await withWindow({ frame: old, answers }, async ({ page, send, answer }) => {
      const attention = page.locator('.attention');
      await attention.getByRole('link', { name: 'Dogecoin' }).waitFor();
      expect(await attention.locator('li').allInnerTexts()).toEqual([
        expect.stringMatching(/^Dogecoin\s+trading paused\s+of 11:59/),
        expect.stringMatching(/^Changes of SOL are counted only since 11:00/),
      ]);
      await send({ ...old, AsOf: new Date(noon + 1_000).toISOString(), Simulated: true });
      await expect.poll(() => attention.locator('li').count()).toBe(3);
      const day = { Since: '', Opens: [], DayAgo: real.Coins.map(({ Symbol: symbol }) => ago(symbol, '10')) };
      answer({ 'profile/day': day });
      await page.reload();
      await send({ ...real, AsOf: new Date(noon + 2_000).toISOString() });
      await attention.waitFor({ state: 'detached' });
    });
  });

  it('has them beside the holdings where there is room, else below, so that holdings stay in the first screen', async () => {
    for (const [width, isBeside] of [
      [1_600, true],
      [1_280, false],
      [390, false],
    ] as const)
      await withWindow({ frame: real, answers, viewport: { width, height: 900 } }, async ({ page }) => {
        await page.locator('.movers').waitFor();
        expect([width, await boxesOf(page)]).toEqual([width, { isBeside, isBelow: !isBeside }]);
        expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
      });
  });
});
