import { describe, expect, it } from 'vitest';
import { frameAt, type TestFrame } from './kit/frame.js';
import { browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
/** Nearly all of the value is in bitcoin. */
const two = frameAt(noon, { btcusdt: { price: '99.6' }, ethusdt: { price: '0.4' } }, '100');
const candle = { Time: '2026-06-15T11:59:00.000Z', Open: '1', High: '2', Low: '1', Close: '2' };
const candles = { Range: '1h', StepSeconds: 60, Candles: [candle], Today: null, Day: null, Volume: null };
const answers = {
  'coins/btcusdt/candles': candles,
  'coins/ethusdt/candles': candles,
  'coins/solusdt/candles': candles,
};

/** The same with other words about its prices, of so long ago. */
const withPrices = (frame: TestFrame, agoMs: number, more: object, which = /./): TestFrame => ({
  ...frame,
  Coins: frame.Coins.map((coin) =>
    which.test(coin.Symbol) ? { ...coin, PriceTime: new Date(noon - agoMs).toISOString(), ...more } : coin,
  ),
});
const outage = withPrices(two, 600_000, { Stale: true, PriceState: 'feed-down' });

describe.skipIf(!browser)('how live it is', () => {
  it.each([
    [
      'en-GB',
      'Live\n99 % of the value priced in the last 2 s',
      'Live\npriced in the last 2 s',
      'No prices have arrived since 11:50',
    ],
    [
      'de-DE',
      'Live\n99 % des Werts in den letzten 2 s bepreist',
      'Live\nin den letzten 2 s bepreist',
      'Seit 11:50 kommen keine Kurse an',
    ],
  ])(
    'is told without rounding up, of the coin on its own page, and never as live during an outage, %s',
    async (locale, most, one, none) => {
      const frame = withPrices(two, 30_000, {}, /eth/);
      await withWindow({ locale, frame, answers, expected: /503/ }, async ({ page, send }) => {
        const told = () => page.locator('.freshness').innerText();
        await expect.poll(told).toBe(most);
        await page.goto(`${origin}/assets/BTC`);
        await expect.poll(told).toBe(one);
        await page.goto(`${origin}/assets/ETH`);
        await expect.poll(told).toMatch(/30 s/);
        await send(outage);
        expect(await told()).toBe(none);
        await page.goto(`${origin}/assets/SOL`); // Nobody holds it, so no price of it is live.
        await expect.poll(told).toMatch(/not live|nicht live/);
        await page.goto(origin);
        await expect.poll(told).toBe(none);
      });
    },
  );

  it('says of a coin that nobody holds of when its price is, or that none is recorded, and why there is no chart', async () => {
    const nothing = { ...candles, Candles: [] };
    await withWindow(
      { frame: two, answers: { ...answers, 'coins/dogeusdt/candles': nothing }, expected: /503/ },
      async ({ page, answer }) => {
        const head = () => page.locator('.coin-head').innerText();
        await page.goto(`${origin}/assets/SOL`);
        await expect.poll(head).toMatch(/Recorded price, not live\s+2\s+USDT\s+Price of Jun 15, 2026, 11:59:00 AM UTC/);
        await page.goto(`${origin}/assets/DOGE`);
        await expect.poll(head).toMatch(/no price recorded\s*$/);
        answer({ 'coins/dogeusdt/candles': undefined }); // It does not answer now, which is another thing than that there is none.
        await page.goto(`${origin}/assets/DOGE`);
        await page.locator('.coin-chart').getByText('The history cannot be read at the moment.').waitFor();
      },
    );
  });

  it('waits for no first trade while no prices arrive, nor of what is traded no more', async () => {
    const without = (PriceState: string) =>
      withPrices(two, 0, { Price: null, Total: null, PriceTime: null, Stale: true, PriceState });
    await withWindow({ frame: without('waiting') }, async ({ page, send }) => {
      const told = () => page.locator('.total-waiting').innerText();
      await expect.poll(told).toBe('Waiting for the first trade');
      await send(without('feed-down'));
      expect(await told()).toBe('No prices are arriving');
      await send(without('delisted'));
      expect(await told()).toBe('None of your assets has a price');
    });
  });

  it('says in words on the portfolio that the exchange is away, and no longer when prices come again', async () => {
    const pepe = { quantity: '123456789012', price: '0.00001234', total: '1523456.77' };
    const more = frameAt(noon, { btcusdt: { price: '99.6' }, pepeusdt: pepe }, '1523556.37');
    const away = withPrices(more, 0, { Stale: true, PriceState: 'feed-down' });
    await withWindow({ frame: away, viewport: { width: 390, height: 800 } }, async ({ page, send }) => {
      const banner = page.getByRole('region', { name: 'Notices' }).locator('.banner');
      await expect
        .poll(() => banner.allInnerTexts())
        .toEqual([expect.stringMatching(/^No prices are arriving from the exchange\. /)]);
      // Beside a long amount too.
      const heights = await page.evaluate(
        "[...document.querySelectorAll('tbody .tag')].map((tag) => tag.getBoundingClientRect().height)",
      );
      expect((heights as number[]).map((height) => height < 25)).toEqual([true, true]);
      await send(more);
      await expect.poll(() => banner.count()).toBe(0);
    });
  });

  it('shows one change under a price in BTC, in the list, and on the page of the coin, and names two pairs of one coin apart', async () => {
    const ago = (symbol: string, price: string, quotePrice: string) => ({
      Symbol: symbol,
      Price: price,
      QuotePrice: quotePrice,
    });
    const day = { Since: '', Opens: [], DayAgo: [ago('ethbtc', '2000', '0.05268'), ago('ethusdt', '2000', '2000')] };
    const frame = frameAt(
      noon,
      { ethbtc: { price: '0.05227', total: '1960.2' }, ethusdt: { price: '1960.2' } },
      '3920.4',
    );
    await withWindow(
      { frame, answers: { ...answers, 'coins/ethbtc/candles': candles, 'profile/day': day } },
      async ({ page }) => {
        const changeOf = (symbol: string) => page.locator(`tr[data-market=${symbol}] .cell-change`).innerText();
        await page.getByRole('button', { name: '2 markets of Ethereum' }).click();
        await expect.poll(() => changeOf('ethbtc')).toMatch(/−0\.78 %/);
        expect(await changeOf('ethusdt')).toMatch(/−1\.99 %/);
        for (const name of ['ETH/USDT', 'ETH/BTC'])
          expect(
            await page
              .locator('.holding-market')
              .getByRole('button', { name: new RegExp(`^Actions .*${name}`) })
              .count(),
          ).toBe(1);
        await page.goto(`${origin}/assets/ETH?market=ethbtc`);
        await expect
          .poll(() => page.locator('.coin-head').innerText())
          .toMatch(/0\.05227\s+BTC\s+down\s+▼\s*−0\.78 %\s+24 h/);
        await expect
          .poll(() => page.locator('.position').innerText())
          .toMatch(/24 h, value in USDT\s+down\s+▼\s*−1\.99 %\s+−39\.80 USDT/);
        expect(await page.title()).toBe('Ethereum ETH/BTC · tickfolio');
      },
    );
  });
});
