import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { reasonOf, startTestOrders, type TestOrders } from '../kit/orders.js';

let postgres: Postgres;
let orders: TestOrders;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
  orders = await startTestOrders(postgres);
  await orders.trade('ethusdt', '0.02');
});
afterAll(async () => {
  await orders?.close();
  await postgres?.close();
});

it.each([
  [
    'SELL MARKET by quote',
    { side: 'SELL', type: 'MARKET', quantity: undefined, price: undefined, quoteQuantity: '99999999999999999999' },
  ],
  ['BUY STOP_LOSS', { type: 'STOP_LOSS', quantity: '99000000000000000000', price: undefined, stopPrice: '1' }],
])('a huge %s is refused in words, not a fault of the server', async (_, more) => {
  const { place } = orders.somebody();
  expect(await reasonOf(place({ symbol: 'ethusdt', ...more }))).toBe('notional');
});
it('a huge BUY MARKET at a high price is too', async () => {
  await orders.trade('btcusdt', '100000');
  const { place } = orders.somebody();
  expect(await reasonOf(place({ type: 'MARKET', price: undefined, quantity: '9999999999999999' }))).toBe('notional');
});
