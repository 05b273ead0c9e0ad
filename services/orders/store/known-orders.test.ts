import { createManualClock } from '@tickfolio/lib/clock';
import { createRandom } from '@tickfolio/lib/kit/random';
import { createAppend } from '@tickfolio/lib/outbox';
import { type Postgres, timeOf } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbeddedDatabase } from '../kit/database.js';
import { newOrder } from '../kit/new-order.js';
import { accept, cancel, leave } from '../saga/decisions.js';
import { expire, fill, remember } from '../saga/fills.js';
import { fills, orderOutbox, orders, sagas } from '../schema.js';
import type { OrderStore, SymbolState } from './order-store.js';
import { createPostgresStore } from './postgres-store.js';
import type { OrderRow } from './records.js';

const wide = { maxASecond: 10_000, maxOpenOfSymbol: 1_000, maxOpenOfPortfolio: 1_000 };
const seeds = 2;
const rounds = 30;

describe('what may be filled, as a store that knows it says', () => {
  const clock = createManualClock(Date.UTC(2026, 10, 30));
  const time = timeOf(clock);
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await openEmbeddedDatabase();
  });
  afterAll(() => postgres?.close());

  const openStore = (): OrderStore => {
    const append = createAppend({ tables: orderOutbox, clock, time, source: 'orders' });
    return createPostgresStore({ db: postgres.db, append, time, clock });
  };
  /** All that matching looks at. */
  const seen = ({ revision, position, orders: open }: SymbolState) => ({
    revision,
    position,
    orders: open.map(({ id, age, status, working, filledQuantity, acceptedAfterTrade, matching, version }) => {
      return { id, age, status, working, filled: Number(filledQuantity), acceptedAfterTrade, matching, version };
    }),
  });
  const somebody = () => {
    const [userId, portfolioId] = [uuid7(), uuid7()];
    const tape = { venue: 'binance', symbol: `k${userId.slice(-8)}` };
    const accepted = async (store: OrderStore, simulated = false) => {
      const placed = await store.place(
        newOrder(uuid7(), { userId, portfolioId, symbol: tape.symbol, simulated }),
        wide,
        60_000,
        '',
      );
      if (placed.kind !== 'made') throw new Error(placed.kind);
      await store.change(
        placed.order.id,
        accept(() => undefined),
        { tape: true },
      );
      return placed.order.id;
    };
    return { userId, tape, accepted };
  };
  const positionAt = (lastTradeId: number) => ({
    ...{ lastTradeId, watermarkMs: lastTradeId, lastTradeMs: lastTradeId },
    ...{ lastPrice: '100', askPrint: '100', bidPrint: '100', simulated: false },
  });
  const part = (tradeId: number) =>
    fill({
      ...{ tradeId, quantity: '0.1', isLast: false, price: '100', maker: true, tradedAtMs: tradeId },
      trade: { price: '100', quantity: '7', takenBefore: '0', buyerIsMaker: true },
      feeChoices: [{ asset: 'BTC', amount: '0.001' }],
      feeScheduleId: 1,
      memory: { seen: tradeId },
    });

  it('is what one that has just begun reads, whoever changed it and however', async () => {
    for (let seed = 0; seed < seeds; seed++) {
      const random = createRandom(`known orders ${seed}`);
      const { userId, tape, accepted } = somebody();
      const stores = [openStore(), openStore()];
      const pick = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)];
      let tradeId = 10;
      const advance = async (store: OrderStore, to: number, stepsOf: (open: readonly OrderRow[]) => OrderRow[]) => {
        const { revision, position, orders: open } = await store.orders(tape, false);
        const decide = to === position?.lastTradeId ? expire('time-in-force', to) : undefined;
        const steps = stepsOf(open).flatMap(({ id }) =>
          decide
            ? [{ orderId: id, decide }]
            : [part(to), remember({ seen: to })].map((one) => ({ orderId: id, decide: one })),
        );
        const from = { revision, lastTradeId: position?.lastTradeId };
        await store.advance(tape, { from, to: positionAt(to), steps });
      };
      await advance(openStore(), tradeId, () => []);
      for (let round = 0; round < rounds; round++) {
        const store = pick(stores) as OrderStore;
        const open = (await openStore().orders(tape, false)).orders;
        const one = pick(open);
        const what = random();
        if (what < 0.35 || !one) await accepted(store, random() < 0.1);
        else if (what < 0.5) await store.change(one.id, cancel(userId), { tape: true });
        else if (what < 0.55) await store.change(one.id, leave, { tape: true });
        else if (what < 0.7) await advance(store, ++tradeId, () => []);
        else if (what < 0.85) await advance(store, ++tradeId, (known) => known.filter(() => random() < 0.3));
        else await advance(store, tradeId, (known) => known.filter(({ id }) => id === one.id));
        for (const each of stores)
          if (random() < 0.7)
            expect(seen(await each.orders(tape, false)), `seed ${seed}, round ${round}`).toEqual(
              seen(await openStore().orders(tape, false)),
            );
      }
    }
  });

  it('is told without reading the orders where nobody else has changed them, and is read anew after a while', async () => {
    const { tape, accepted } = somebody();
    const store = openStore();
    const { db } = postgres;
    const first = await accepted(store);
    await store.orders(tape, false);
    const second = await accepted(store);
    // As only a reading of the orders could tell.
    for (const id of [first, second]) await db.update(orders).set({ detail: 'read' }).where(eq(orders.id, id));
    const details = async () => (await store.orders(tape, false)).orders.map(({ id, detail }) => [id, detail]);
    expect(await details()).toEqual([
      [first, null],
      [second, null],
    ]);
    // Erased with its user, without a word.
    await db.delete(fills).where(eq(fills.orderId, first));
    await db.delete(sagas).where(eq(sagas.id, first));
    await db.delete(orders).where(eq(orders.id, first));
    clock.advance(10_000);
    expect(await details()).toEqual([[second, 'read']]);
  });
});
