import { createManualClock } from '@tickfolio/lib/clock';
import { v7 as uuid7 } from 'uuid';
import { expect, it } from 'vitest';
import { createMemoryStore } from '../kit/memory-store.js';
import { newOrder } from '../kit/new-order.js';
import { judgeReference } from '../rules/judgement.js';
import { acceptNow } from './decisions.js';

it('an order at real prices is not refused by made-up ones that came while its reservation was undecided', async () => {
  const store = createMemoryStore(createManualClock());
  const tape = { venue: 'binance', symbol: 'btcusdt' };
  const id = uuid7();
  const bounds = { maxASecond: 10, maxOpenOfSymbol: 10, maxOpenOfPortfolio: 10 };
  await store.place(
    newOrder(id, { userId: 'u', portfolioId: 'p', type: 'LIMIT_MAKER', price: '90' }),
    bounds,
    1_000,
    '',
  );
  const { revision } = await store.orders(tape, true);
  const prices = { lastPrice: '10', askPrint: '10', bidPrint: '10' };
  const to = { lastTradeId: 3, watermarkMs: 1, lastTradeMs: 1, ...prices, simulated: true };
  await store.advance(tape, { from: { revision, lastTradeId: undefined }, to, steps: [] });
  await store.change(id, acceptNow(judgeReference, true), { tape: true });
  const order = (await store.read(id))?.order;
  expect([order?.simulated, order?.status, order?.reason]).toEqual([false, 'NEW', null]);
});
