import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { settled } from '@tickfolio/lib/kit/settled';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bitcoinAt } from './kit/frame.js';
import { exchangeOf } from './kit/klines.js';
import { browser, drawn, origin, pointAt, withWindow } from './kit/window.js';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const noon = Date.parse('2026-06-15T12:00:00.000Z');
const iso = (atMs: number) => new Date(atMs).toISOString();
/** Of the price; the one below it is the volume's. */
const plot = '.coin-chart .chart-box tr:first-child td:nth-child(2)';
const archive = {
  Range: '1h',
  StepSeconds: 60,
  Candles: [{ Time: iso(noon - minuteMs), Open: '1', High: '2', Low: '1', Close: '2' }],
  Today: null,
  Day: { Time: iso(noon), Open: '100', High: '130', Low: '90' },
  Volume: { Time: iso(noon), Base: '12', Quote: '1200' },
  Status: 'trading',
  Lacks: null,
};
const words = async (page: Page, selector: string) =>
  (await page.locator(selector).innerText()).replace(/\s+/g, ' ').trim();
const legend = (page: Page) => words(page, '.chart-legend');
/** The opening price of the candle at a place of the chart. */
const openAt = async (page: Page, part: number) => {
  await pointAt(page, plot, part);
  return Number(/Open ([\d,]+)/.exec(await legend(page))?.[1]?.replace(',', ''));
};

describe.skipIf(!browser)('the page of an asset that has no market in USDT', () => {
  it('offers the markets that it has, and calls one that is listed nowhere by what was typed', async () => {
    const ticker = {
      ...{ symbol: 'wbtcbtc', base: 'WBTC', quote: 'BTC', status: 'trading', price: '0.9999', time: iso(noon), age: 0 },
      ...{ change24h: '0.1', quoteVolumeUsdt24h: '1' },
    };
    const tickers = (search: string) => ({
      ...{ asOf: iso(noon), stale: null, simulated: false, next: null },
      tickers: search.includes('base=WBTC') ? [ticker] : [],
    });
    const given = { frame: bitcoinAt(noon, '2000'), answers: { tickers }, expected: /503/ };
    await withWindow({ ...given, path: '/assets/wbtc' }, async ({ page }) => {
      await page.getByText('WBTC is not priced in USDT. It has these markets:').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('link', { name: 'WBTC/BTC' }).click();
      await page.waitForURL(`${origin}/assets/WBTC?market=wbtcbtc`);
      await page.goto(`${origin}/assets/nonsense x`);
      await page.getByText('The exchange does not list NONSENSE X.').waitFor();
      // What markets are priced in is offered; what an address makes up is not.
      await page.goto(`${origin}/markets?quote=zzz`);
      await page.getByText('Nothing is priced in ZZZ.').waitFor();
      expect(await page.getByLabel('Priced in').locator('option:not([disabled])').allInnerTexts()).not.toContain(
        'Priced in ZZZ',
      );
    });
  });
});

describe.skipIf(!browser)('the page of a coin', () => {
  it('has prices and what was traded, by the interval and in the way that stand in the address', async () => {
    const exchange = exchangeOf(noon - 999 * 5 * minuteMs, 5 * minuteMs, noon);
    const answers = { 'coins/btcusdt/candles': archive, 'klines/btcusdt': exchange.answer };
    const path = '/assets/BTC?interval=5m&type=line';
    await withWindow({ frame: bitcoinAt(noon, '2000'), answers, path }, async ({ page, send }) => {
      await page.locator('.coin-chart canvas').first().waitFor();
      expect(exchange.asked[0]).toContain('interval=5m');
      await expect.poll(() => page.locator('.coin-chart .ranges [aria-pressed=true]').innerText()).toBe('5m');
      await expect.poll(() => page.getByLabel('Type of chart').inputValue()).toBe('line');
      await settled(async () => {
        await pointAt(page, plot, 0.5);
        expect(await legend(page)).toMatch(
          /^Jun 15, 2026, \d+:\d\d AM UTC Open 1,9\d\d High [\d,]+ Low [\d,]+ Close [\d,]+ Volume 12\.5$/,
        );
      });
      // The end is live.
      await send(bitcoinAt(noon + secondMs, '2017.25'));
      await settled(async () => {
        await pointAt(page, plot, 0.998);
        expect(await legend(page)).toMatch(/High 2,017\.25 .* Close 2,017\.25 /);
      });
      await page.getByLabel('Type of chart').selectOption('hollow');
      await page.getByRole('button', { name: '1h', exact: true }).click();
      await expect.poll(() => new URL(page.url()).search).toBe('?interval=1h&type=hollow');
      await expect.poll(() => exchange.asked.some((search) => search.includes('interval=1h'))).toBe(true);
      await page.locator('.coin-chart canvas').first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
    });
  });

  it('is zoomed by the wheel and moved by dragging, stays so when it is drawn otherwise, and has older prices where one scrolls back to them', async () => {
    const exchange = exchangeOf(noon - 1_999 * minuteMs, minuteMs, noon);
    const answers = { 'coins/btcusdt/candles': archive, 'klines/btcusdt': exchange.answer };
    await withWindow({ frame: bitcoinAt(noon, '3000'), answers, path: '/assets/BTC' }, async ({ page }) => {
      await page.locator('.coin-chart canvas').first().waitFor();
      await settled(async () => expect(await openAt(page, 0.01)).toBeGreaterThan(2_800));
      const before = await openAt(page, 0.01);
      await pointAt(page, plot, 0.95);
      await page.mouse.wheel(0, -400);
      await settled(async () => expect(await openAt(page, 0.01)).toBeGreaterThan(before + 5));
      const zoomed = await openAt(page, 0.01);
      const drag = async () => {
        await pointAt(page, plot, 0.1);
        await page.mouse.down();
        for (let part = 0.2; part < 1; part += 0.1) await pointAt(page, plot, part);
        await page.mouse.up();
        await drawn(page);
      };
      await drag();
      await settled(async () => expect(await openAt(page, 0.01)).toBeLessThan(zoomed - 5));
      const dragged = await openAt(page, 0.5);
      await page.getByLabel('Type of chart').selectOption('line');
      await settled(async () => expect(await openAt(page, 0.5)).toBe(dragged));
      for (let times = 0; times < 5; times++) await page.getByRole('button', { name: 'Zoom out' }).click();
      // A page of the exchange has 500: those before came when somebody came near to the oldest.
      await settled(async () => {
        await drag();
        expect(exchange.asked.some((search) => search.includes('&to='))).toBe(true);
        expect(await openAt(page, 0.01)).toBeLessThan(2_450);
      });
      await page.getByRole('button', { name: 'To the newest' }).click();
      await settled(async () => expect(await openAt(page, 0.998)).toBe(2_999));
    });
  });

  it('is live for a coin that is not held: followed while one looks, with its own age and change, and no longer afterwards', async () => {
    const asked: string[] = [];
    let price = 120;
    const ticker = () => ({
      ...{ asOf: iso(noon), stale: null, simulated: false },
      ticker: { symbol: 'solusdt', price: `${++price}.5`, time: iso(noon), age: 400, change24h: '20.0000' },
    });
    const answers = {
      'coins/solusdt/candles': archive,
      'klines/solusdt': exchangeOf(noon - 99 * minuteMs, minuteMs, noon).answer,
      'tickers/solusdt': ticker,
    };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers, path: '/assets/SOL' }, async ({ page }) => {
      page.on('request', (request) => {
        if (request.url().includes('/leases/')) asked.push(request.method());
      });
      const told = () => words(page, '.coin-head');
      await expect
        .poll(told)
        .toMatch(/Solana SOL Trade Live priced in the last 2 s 1\d\d\.5 USDT up ▲ ?\+\d+\.50 % 24 h$/);
      const first = await told();
      await expect.poll(told).not.toBe(first);
      await settled(async () => {
        await pointAt(page, plot, 0.998);
        expect(await legend(page)).toMatch(/Close 1\d\d\.5 /);
      });
      await page.getByText('You do not hold this asset.').waitFor();
      await page.locator('.back-link').click();
      await expect.poll(() => asked.at(-1)).toBe('DELETE');
    });
  });

  it('says why there is no chart and tries again when asked, and what it stands on where the exchange has nothing to say', async () => {
    const away = { 'coins/btcusdt/candles': undefined, 'klines/btcusdt': undefined };
    const given = { frame: bitcoinAt(noon, '100'), expected: /503/ };
    const held = { ...given, answers: away, path: '/assets/ETH' };
    const faults = { ...held.answers, 'coins/ethusdt/candles': undefined, 'klines/ethusdt': undefined };
    await withWindow({ ...held, answers: faults }, async ({ page, answer }) => {
      await page.locator('.coin-chart').getByText('The history cannot be read at the moment.').waitFor();
      answer({ 'klines/ethusdt': exchangeOf(noon - 99 * minuteMs, minuteMs, noon).answer });
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.locator('.coin-chart canvas').first().waitFor();
      expect(await page.locator('.chart-old').count()).toBe(0);
    });
    await withWindow(
      { ...given, answers: { ...away, 'coins/btcusdt/candles': archive }, path: '/assets/BTC' },
      async ({ page }) => {
        await page.getByText('this is what was recorded here, without volume').waitFor();
        await page.locator('.coin-chart canvas').first().waitFor();
        await page.getByRole('button', { name: '1s', exact: true }).click();
        await page.getByText('this is what came live since you opened the page').waitFor();
      },
    );
  });

  it('fills the screen and goes back', async () => {
    const answers = { 'coins/btcusdt/candles': archive };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers, path: '/assets/BTC' }, async ({ page }) => {
      const isFull = () => page.evaluate("document.fullscreenElement?.classList.contains('coin-chart') === true");
      await page.getByRole('button', { name: 'Full screen', exact: true }).click();
      await expect.poll(isFull).toBe(true);
      await page.locator('.coin-chart canvas').first().waitFor();
      await page.getByRole('button', { name: 'Leave full screen' }).click();
      await expect.poll(isFull).toBe(false);
    });
  });

  it('lists the markets of the asset, and leads to the price in another one', async () => {
    const market = (quote: string, price: string, change24h: string | null) => ({
      ...{ symbol: `btc${quote.toLowerCase()}`, base: 'BTC', quote, status: 'trading', price, change24h },
      quoteVolumeUsdt24h: '845999999.9940537',
    });
    const tickers = [market('USDT', '68123.45', '1.2351'), market('EUR', '63123.45', '-0.5000')];
    const asked: string[] = [];
    const answers = {
      'coins/btcusdt/candles': archive,
      'coins/btceur/candles': { ...archive, BaseAsset: 'BTC', QuoteAsset: 'EUR' },
      tickers: (search: string) => {
        asked.push(search);
        return { asOf: iso(noon), stale: null, simulated: false, tickers, next: null };
      },
    };
    await withWindow({ frame: bitcoinAt(noon, '100'), answers, path: '/assets/BTC' }, async ({ page }) => {
      await page.getByRole('button', { name: 'Markets', exact: true }).click();
      await page.getByRole('row', { name: /^BTC\/EUR 63,123\.45 −0\.50 % 846 M$/ }).waitFor();
      expect(new URL(page.url()).search).toBe('?tab=markets');
      expect(asked[0]).toContain('base=BTC');
      await expect.poll(() => page.locator('.asset-market-table [aria-current]').innerText()).toBe('BTC/USDT');
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.getByRole('link', { name: 'BTC/EUR' }).click();
      await page.getByRole('heading', { name: 'Bitcoin BTC/EUR' }).waitFor();
      expect(page.url()).toBe(`${origin}/assets/BTC?market=btceur`);
    });
  });
});
