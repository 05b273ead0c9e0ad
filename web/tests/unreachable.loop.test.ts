import { accessibilityFaults } from '@tickfolio/lib/kit/chromium';
import { describe, expect, it } from 'vitest';
import { bitcoinAt } from './kit/frame.js';
import { browser, origin, withWindow } from './kit/window.js';

const noon = Date.parse('2026-06-15T12:00:00.000Z');
const nothing = { asOf: '2026-06-15T12:00:00.000Z', simulated: null, tickers: [], next: null };
const candles = {
  ...{ Range: '1h', StepSeconds: 60, Today: null, Day: null, Volume: null },
  Candles: [{ Time: '2026-06-15T11:59:00.000Z', Open: '150', High: '150', Low: '150', Close: '150' }],
};

describe.skipIf(!browser)('what nobody can be asked about', () => {
  it('is not said to be none: the price of a coin to be added, a page, markets, a search among them; each can be tried again', async () => {
    const frame = bitcoinAt(noon, '68000');
    const silent = { ...nothing, stale: 'the exchange is silent' };
    const answers = { 'coins/solusdt/candles': undefined, tickers: silent };
    await withWindow({ frame, answers, expected: /503/ }, async ({ page, answer }) => {
      const tryAgain = page.getByRole('button', { name: 'Try again' });
      await page.locator('.holdings-head .button').click();
      await page.locator('.search').fill('sol');
      await page.locator('.found-item').click();
      await page.getByText('Its price cannot be read at the moment.').waitFor();
      expect(await page.getByText('No price is recorded').count()).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
      answer({ 'coins/solusdt/candles': candles });
      await page.locator('.dialog').getByRole('button', { name: 'Try again' }).click();
      await page.getByText('Price of 11:59 AM').waitFor();
      await page.keyboard.press('Escape');

      await page.goto(`${origin}/markets?q=bitcoin`);
      await page.getByText('The exchange has told nothing about its markets yet.').waitFor();
      await page.goto(`${origin}/markets?quote=USDT`);
      await page.getByText('The exchange has told nothing about its markets yet.').waitFor();
      expect(await page.getByText('Nothing is').count()).toBe(0);

      await page.goto(`${origin}/assets/BTC?tab=markets`);
      await page.getByText('The markets cannot be read at the moment.').waitFor();
      answer({ tickers: { ...nothing, stale: null } });
      await tryAgain.click();
      await page.getByText('BTC is traded in no market at the moment.').waitFor();

      answer({ symbols: undefined, 'coins/solusdt/candles': undefined });
      await page.goto(`${origin}/assets/SOL`);
      await page.getByText('The server does not answer.').waitFor();
      expect(await accessibilityFaults(page)).toEqual([]);
      answer({ symbols: { Symbols: [{ Symbol: 'solusdt', BaseAsset: 'SOL', QuoteAsset: 'USDT' }] } });
      await tryAgain.click();
      await page.getByText('price cannot be read now').waitFor();
      expect(await page.getByText('no price recorded').count()).toBe(0);
    });
  });
});
