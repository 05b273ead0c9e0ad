import { describe, expect, it } from 'vitest';
import { orderOf } from '../page/orders/kit/order.js';
import { drawnTexts, noteDrawnTexts } from './kit/axis-texts.js';
import { bitcoinAt } from './kit/frame.js';
import { exchangeOf } from './kit/klines.js';
import { createOrderServer } from './kit/orders.js';
import { browser, origin, withWindow } from './kit/window.js';

const minuteMs = 60_000;
const noon = Date.parse('2026-06-15T12:00:00.000Z');
const frame = bitcoinAt(noon, '1900.5');
const filled = { status: 'FILLED', filledQuantity: '0.5', filledQuote: '949', averagePrice: '1898' } as const;
const orders = [
  orderOf('o-1', { price: '1895' }),
  orderOf('o-2', { symbol: 'ethusdt', price: '1893.37' }),
  orderOf('o-3', { ...filled, side: 'SELL', type: 'MARKET', price: null }),
];
const fill = { id: 'f-1', tradeId: 7, price: '1898', quantity: '0.5', quote: '949', fee: '1', feeAsset: 'USDT' };
const tradedAt = new Date(noon - 5 * minuteMs).toISOString();
const answers = {
  ...createOrderServer(orders).answers,
  'klines/btcusdt': exchangeOf(noon - 900 * minuteMs, minuteMs, noon).answer,
  'orders/o-3/fills': { fills: [{ ...fill, maker: false, tradedAt }], next: null },
};
const expected = /503/;

describe.skipIf(!browser)('own orders and trades', () => {
  it('stand on the chart of their market, those of another on none, and are told to who does not see it', async () => {
    await withWindow({ path: '/assets/BTC', frame, answers, expected }, async ({ page }) => {
      await noteDrawnTexts(page);
      await page.reload();
      const words = async () => (await drawnTexts(page)).flat().map(({ text }) => text);
      await expect.poll(words).toContain('Buy');
      await expect.poll(words).toContain('1,895.00');
      expect(await words()).not.toContain('1,893.37');
      await page.getByRole('img', { name: /your own: 1 order, 1 trade$/ }).waitFor();
      await page.getByRole('link', { name: 'Trade', exact: true }).last().click();
      await page.waitForURL(`${origin}/trade/btcusdt`);
    });
  });

  it('that wait are among what needs attention, and lead to where they are', async () => {
    await withWindow({ frame, answers, expected }, async ({ page }) => {
      await page.locator('.attention').getByRole('link', { name: '2 orders are waiting' }).click();
      await page.waitForURL(`${origin}/trade/ethusdt`);
    });
  });
});
