import { describe, expect, it } from 'vitest';
import { frameAt, type TestFrame } from './kit/frame.js';
import { browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');

describe.skipIf(!browser)('the page of a coin', () => {
  it('is there also where it was delisted, with its last price and its chart, for who holds it and for who only looks', async () => {
    const [held] = frameAt(noon, { ltcusdt: { quantity: '3', price: '80.5', total: '241.5' } }, '241.5').Coins;
    const lastTime = '2026-03-02T09:30:00.000Z';
    const Coins: TestFrame['Coins'] = held
      ? [{ ...held, PriceTime: lastTime, Stale: true, PriceState: 'delisted' }]
      : [];
    const frame = { ...frameAt(noon, {}, '241.5'), Coins };
    const known = {
      Range: '1y',
      StepSeconds: 86_400,
      Candles: [{ Time: '2026-03-02T00:00:00.000Z', Open: '80', High: '82', Low: '79', Close: '80.5' }],
      Today: null,
      Day: null,
      Volume: null,
      Status: 'delisted',
      Last: { Time: lastTime, Price: '80.5' },
    };
    const asked: string[] = [];
    const gone = (symbol: string, more: object) => ({
      [`coins/${symbol}/candles`]: (search: string) => {
        asked.push(search);
        return { ...known, ...more };
      },
    });
    const unknown = {
      Volume: { Time: lastTime, Base: '12408.5', Quote: '84531.25' },
      Day: { Time: lastTime, Open: '80', High: '82', Low: '79' },
    };
    const given = {
      ...gone('dogexyz', { BaseAsset: null, QuoteAsset: null, ...unknown }),
      ...gone('ltcusdt', {}),
      ...gone('solbusd', { BaseAsset: 'SOL', QuoteAsset: 'BUSD' }),
    };
    await withWindow({ frame, answers: given, path: '/assets/LTC', expected: /503/ }, async ({ page }) => {
      await page.getByRole('heading', { name: 'Litecoin LTC' }).waitFor();
      const told = () => page.locator('.coin-head').innerText();
      await page.getByText('Price of Mar 2, 2026, 9:30:00 AM UTC').waitFor();
      await expect.poll(told).toMatch(/delisted[\s\S]*80\.5/);
      await expect.poll(() => page.locator('.position').innerText()).toMatch(/241\.50 USDT[\s\S]*3 LTC/);
      await page.locator('.coin-chart canvas').first().waitFor();
      await expect.poll(() => asked.at(-1)).toBe('?range=1y');
      await page.goto(`${origin}/assets/SOLBUSD?market=solbusd`);
      await page.getByRole('heading', { name: 'Solana SOL/BUSD' }).waitFor();
      await expect.poll(told).toMatch(/delisted[\s\S]*80\.5[\s\S]*BUSD[\s\S]*Price of Mar 2/);
      expect(await page.getByRole('button', { name: 'Add Solana' }).count()).toBe(0); // It would be refused.
      // What it is of nobody knows: its symbol stands there once, and beside no amount.
      await page.goto(`${origin}/assets/DOGEXYZ?market=dogexyz`);
      await page.getByRole('heading', { name: 'DOGEXYZ', exact: true }).waitFor();
      expect((await page.locator('#page').innerText()).split('DOGEXYZ')).toHaveLength(2);
      await page.goto(`${origin}/assets/NOSUCH`);
      await page.getByText('The exchange does not list NOSUCH.').waitFor();
    });
  });

  it('says that nobody can be asked while the exchange or the server is away, and opens once somebody can', async () => {
    const pair = { Symbol: 'bnsolsol', BaseAsset: 'BNSOL', QuoteAsset: 'SOL' };
    const told = { asOf: new Date(noon).toISOString(), stale: null, simulated: false, tickers: [], next: null };
    const options = { frame: frameAt(noon, {}, '0'), path: '/assets/BNSOL', expected: /503/ };
    const answers = { symbols: { Symbols: [pair] }, tickers: undefined };
    await withWindow({ ...options, answers }, async ({ page, answer }) => {
      const isAway = page.getByText('The markets cannot be read at the moment.');
      await isAway.waitFor();
      answer({ tickers: { ...told, stale: 'nothing was told yet' } });
      const again = page.waitForResponse('**/api/v1/tickers?base=BNSOL*');
      await page.getByRole('button', { name: 'Try again' }).click();
      await again;
      await isAway.waitFor();
      answer({ tickers: told });
      await page.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('The exchange does not list BNSOL.').waitFor();
    });
  });
});
