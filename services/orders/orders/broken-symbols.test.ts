import type { Postgres } from '@tickfolio/lib/postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { startTestOrders, type TestOrders } from '../kit/orders.js';
import { brokenSymbols } from '../schema.js';

let postgres: Postgres;
let service: TestOrders;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
  service = await startTestOrders(postgres);
});
afterAll(async () => {
  await service?.close();
  await postgres?.close();
});

it('counts the day after which a symbol is gone without the time at made-up prices, which do not have the symbol', async () => {
  const { somebody, exchange, clock } = service;
  const { placed, get } = somebody();
  const { id } = await placed({ symbol: 'ethusdt' });
  const real = exchange.symbols;
  const noted = async () => (await postgres.db.select().from(brokenSymbols)).map(({ symbol }) => symbol);
  // A week at made-up prices, whose exchange lists one symbol only.
  Object.assign(exchange, {
    revision: '2',
    simulated: true,
    symbols: real.filter(({ symbol }) => symbol === 'btcusdt'),
  });
  for (let minute = 0; minute < 10; minute++) await clock.advanceAsync(60_000);
  expect(await noted()).toEqual([]);
  clock.advance(7 * 24 * 3_600_000);
  expect((await get(id)).status).toBe('NEW');
  // Back at real ones, where the symbol has been halted for some minutes.
  const halted = real.map((one) => (one.symbol === 'ethusdt' ? { ...one, status: 'BREAK' } : one));
  Object.assign(exchange, { revision: '3', simulated: false, symbols: halted });
  for (let minute = 0; minute < 10; minute++) {
    await clock.advanceAsync(60_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect((await get(id)).status).toBe('NEW');
});
