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
  it('asks who has nothing for a first asset, and not who held some before', async () => {
    const none = frameAt(noon, {}, '0');
    await withWindow({ frame: { ...none, Version: 0 }, answers }, async ({ page, send }) => {
      await page.getByRole('heading', { name: 'Add your first asset' }).waitFor();
      await send({ ...real, Version: 4 });
      await page.locator('tr[data-symbol=btcusdt]').waitFor();
      await send({ ...none, Version: 8 });
      await page.getByRole('heading', { name: 'You hold no asset now' }).waitFor();
    });
  });

  it('lists what moved most among the holdings, and what that was in money, and leads to it', async () => {
    await withWindow({ frame: old, answers }, async ({ page }) => {
      const names = page.locator('.movers .mover-name');
      await expect.poll(() => names.allInnerTexts()).toEqual(['Ethereum', 'Solana', 'Bitcoin']);
      await expect.poll(() => page.locator('.mover-figures').first().innerText()).toMatch(/−50\.00 %\s+−30\.00 USDT/);
      await names.first().click();
      await page.waitForURL(`${origin}/assets/ETH`);
    });
  });

  it('lists an asset once that is held through two markets, by the price of the one in USDT, and what both were in money', async () => {
    const coins = { btcusdt: { price: '50' }, btceur: { price: '40', total: '44' }, ethusdt: { price: '30' } };
    const day = {
      Since: '',
      Opens: [],
      DayAgo: [
        ago('btcusdt', '40'),
        { Symbol: 'btceur', Price: '43', QuotePrice: '20', Time: '' },
        ago('ethusdt', '29'),
      ],
    };
    const frame = frameAt(noon, coins, '124');
    const Coins = frame.Coins.map((coin) =>
      coin.Symbol === 'btceur'
        ? { ...coin, Total: null, Price: null, PriceTime: null, Stale: true, PriceState: 'waiting' as const }
        : coin,
    );
    await withWindow({ frame, answers: { 'profile/day': day } }, async ({ page, send }) => {
      const movers = page.locator('.mover');
      await expect.poll(() => movers.count()).toBe(2);
      expect((await movers.first().innerText()).replace(/\s+/g, ' ')).toMatch(/Bitcoin .*\+25\.00 % .*\+11\.00 USDT$/);
      await expect.poll(() => movers.first().locator('.change').getAttribute('title')).toBe('Price of BTC/USDT.');
      const cell = page.locator('tr[data-asset=BTC] .cell-change .change').first();
      await expect.poll(() => cell.getAttribute('title')).toBe('Price of BTC/USDT.');
      await send({ ...frame, TotalValue: '80', Coins, AsOf: new Date(noon + 1_000).toISOString() });
      const notices = page.locator('.attention li');
      await expect
        .poll(() => notices.allInnerTexts())
        .toEqual([expect.stringMatching(/^Bitcoin BTC\/EUR\s+no price yet/)]);
    });
  });

  it('says that prices cannot be read, not that there are none, while the server is away, and tries again', async () => {
    await withWindow(
      { frame: real, answers: { 'profile/day': undefined }, expected: /503/ },
      async ({ page, answer }) => {
        await page.locator('.movers').getByText('The earlier prices cannot be read at the moment.').waitFor();
        answer(answers);
        await page.locator('.movers').getByRole('button', { name: 'Try again' }).click();
        await expect.poll(() => page.locator('.mover').count()).toBeGreaterThan(0);
      },
    );
  });

  it('says what to know before one believes the total, and nothing where there is nothing', async () => {
    await withWindow({ frame: old, answers }, async ({ page, send, answer }) => {
      const attention = page.locator('.attention');
      await attention.getByRole('link', { name: 'Dogecoin' }).waitFor();
      await expect
        .poll(() => attention.locator('li').allInnerTexts())
        .toEqual([
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
