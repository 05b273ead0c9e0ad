import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { reasonOf, startTestOrders, type TestOrders } from '../kit/orders.js';

let postgres: Postgres;
let orders: TestOrders;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
  orders = await startTestOrders(postgres);
});
afterAll(async () => {
  await orders?.close();
  await postgres?.close();
});

it('a purchase is refused that would make more of an asset, free, kept and in open buys, than the exchange lets one hold', async () => {
  const { exchange, somebody, clock } = orders;
  const symbols = exchange.symbols.map((one) => ({ ...one, maxPosition: one.symbol === 'btcusdt' ? '4' : '0' }));
  Object.assign(exchange, { revision: '2', symbols });
  await clock.advanceAsync(60_000);
  const { place, placed, test } = somebody({ USDT: '1000', BTC: '2' });
  // 2 are there, 0.5 of them kept; 1.5 more are bought.
  await placed({ side: 'SELL', quantity: '0.5', price: '200' });
  await placed({ quantity: '1.5', price: '100' });
  expect(await reasonOf(place({ quantity: '0.50001', price: '100' }))).toBe('max-position');
  expect(await reasonOf(test({ quantity: '0.50001', price: '100' }))).toBe('max-position');
  await placed({ quantity: '0.5', price: '100' });
  await placed({ side: 'SELL', quantity: '1', price: '200' });
  await placed({ symbol: 'ethusdt', quantity: '5', price: '100' });
});
