import { accessibilityFaults, startChromium } from '@tickfolio/lib/kit/chromium';
import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../app.js';
import { openTestPostgres, startTestBff, type TestBff } from '../kit/bff.js';
import type { SymbolEntry } from '../market/aggregator-client.js';

// What the built page says in Chromium of coins whose price is missing or old, and of what pauses or is new at the
// exchange.

const browser = await startChromium();
const password = 'correct horse battery';
const entry = (symbol: string): SymbolEntry => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' });
let postgres: Postgres;
let bff: TestBff;
beforeAll(async () => {
  postgres = await openTestPostgres();
  bff = await startTestBff({ postgres, options: { webFolder: builtPage } });
});
afterAll(async () => {
  await browser?.close();
  await bff.close();
  await postgres.close();
});

describe.skipIf(!browser)('the page', { timeout: 120_000 }, () => {
  it.each([
    [
      'en-GB',
      'light',
      1_280,
      ['delisted', 'trading paused', 'never traded', 'Not included, because there is no price: BNB'],
    ],
    [
      'de-DE',
      'dark',
      390,
      ['delistet', 'Handel pausiert', 'noch nie gehandelt', 'Nicht enthalten, weil es keinen Kurs gibt: BNB'],
    ],
  ] as const)(
    'says at each coin why it has no live price, and which is not in the total (%s)',
    async (locale, colorScheme, width, words) => {
      if (!browser) throw new Error('no browser');
      const name = `holder-${locale}`;
      await bff.call(undefined, 'POST', '/api/v1/auth/register', { name, password });
      const login = await bff.call(undefined, 'POST', '/api/v1/auth/login', { name, password });
      for (const symbol of ['btcusdt', 'ethusdt', 'dogeusdt', 'bnbusdt'])
        await bff.call({ token: login.body.accessToken }, 'POST', '/api/v1/profile/coins', { symbol, quantity: '2' });
      const { aggregator } = bff;
      aggregator.feeds.set('ethusdt', 'unknown').set('dogeusdt', 'halted').set('bnbusdt', 'live');
      aggregator.noPrices.set('bnbusdt', 'never-traded');
      for (const [symbol, price] of Object.entries({ btcusdt: '50000', ethusdt: '2500', dogeusdt: '0.25' }))
        bff.publish(symbol, price);

      const context = await browser.newContext({
        locale,
        colorScheme,
        viewport: { width, height: 900 },
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(`${bff.url}/sign-in`);
      const form = page.getByRole('textbox');
      await form.first().fill(name);
      await form.last().fill(password);
      await page.keyboard.press('Enter');
      for (const word of words) await page.getByText(word, { exact: false }).first().waitFor();
      await expect.poll(() => page.getByTestId('total').innerText()).toMatch(/105[.,]000[.,]50/);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.goto(`${bff.url}/coins/ethusdt`);
      await page.getByText(words[0]).first().waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      await context.close();
    },
  );

  it('finds a coin by its name that was listed a moment ago, and says of one that pauses that it can be added', async () => {
    if (!browser) throw new Error('no browser');
    bff.aggregator.symbols = [...bff.aggregator.symbols, { ...entry('restusdt'), status: 'BREAK', paused: true }];
    bff.aggregator.revision = 'r2';
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${bff.url}/sign-in`);
    await page.getByLabel('Name').fill('holder-en-GB');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Add asset' }).click();
    const search = page.getByRole('combobox', { name: 'Search an asset' });
    await search.fill('rest');
    await page.getByRole('option', { name: /REST.*paused/ }).waitFor();
    bff.aggregator.coming.push(entry('nowusdt'));
    await search.fill('now');
    await page.getByRole('option', { name: /NOW/ }).waitFor();
    await search.fill('rest');
    await page.getByRole('option', { name: /REST/ }).click();
    await page.getByText('has paused the trading of this asset').waitFor();
    await page.getByLabel('How much REST?').fill('3');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('3 REST added').waitFor();
    await context.close();
  });
});
