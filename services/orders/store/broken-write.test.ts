import { createManualClock } from '@tickfolio/lib/clock';
import { createAppend } from '@tickfolio/lib/outbox';
import { timeOf } from '@tickfolio/lib/postgres';
import { v7 as uuid7 } from 'uuid';
import { expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { newOrder } from '../kit/new-order.js';
import { accept, breakOff } from '../saga/decisions.js';
import { fill } from '../saga/fills.js';
import { orderOutbox, reviews } from '../schema.js';
import { createPostgresStore } from './postgres-store.js';

const wide = { maxASecond: 1_000, maxOpenOfSymbol: 1_000, maxOpenOfPortfolio: 1_000 };

it('writes what trades did to all orders but the one that the database does not take, which ends and waits for people', async () => {
  const clock = createManualClock(Date.UTC(2026, 10, 30));
  const postgres = await openEmbeddedDatabase();
  const time = timeOf(clock);
  const append = createAppend({ tables: orderOutbox, clock, time, source: 'orders' });
  const store = createPostgresStore({ db: postgres.db, append, time, clock });
  const tape = { venue: 'binance', symbol: 'btcusdt' };
  const positionAt = (lastTradeId: number) => ({
    ...{ lastTradeId, watermarkMs: lastTradeId, lastTradeMs: lastTradeId, simulated: false },
    ...{ lastPrice: '100', askPrint: '100', bidPrint: '100' },
  });
  const accepted = async () => {
    const id = uuid7();
    await store.place(newOrder(id, { userId: uuid7(), portfolioId: uuid7() }), wide, 1_000, '');
    await store.change(
      id,
      accept(() => undefined),
      { tape: true },
    );
    return id;
  };
  const filled = (orderId: string, price: string) => ({
    orderId,
    decide: fill({
      ...{ tradeId: 8, quantity: '1', isLast: true, price, maker: true, tradedAtMs: 8 },
      trade: { price: '99', quantity: '7', takenBefore: '0', buyerIsMaker: true },
      ...{ feeChoices: [], feeScheduleId: 1 },
    }),
  });
  try {
    const [bad, good] = [await accepted(), await accepted()];
    const now = async () => {
      const { revision, position } = await store.orders(tape, false);
      return { revision, lastTradeId: position?.lastTradeId };
    };
    await store.advance(tape, { from: await now(), to: positionAt(7), steps: [] });
    const steps = [filled(bad, '-100'), filled(good, '100')];
    const done = await store.advance(tape, { from: await now(), to: positionAt(8), steps, otherwise: breakOff });
    expect(done).toMatchObject({ kind: 'done', broken: [{ orderId: bad }] });
    expect((await now()).lastTradeId).toBe(8);
    expect((await store.read(good))?.order).toMatchObject({ status: 'FILLED', endedAfterTrade: 8 });
    expect(await store.read(bad)).toMatchObject({
      order: { status: 'EXPIRED', reason: 'under-review', filledQuantity: '0.000000000000000000' },
      ...{ saga: { step: 'stuck' }, unsettled: [] },
    });
    expect(await postgres.db.select({ orderId: reviews.orderId }).from(reviews)).toEqual([{ orderId: bad }]);
  } finally {
    await postgres.close();
  }
});
