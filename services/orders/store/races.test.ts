import { systemClock as clock } from '@tickfolio/lib/clock';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { createAppend } from '@tickfolio/lib/outbox';
import { type Postgres, databaseTime as time } from '@tickfolio/lib/postgres';
import { eq } from 'drizzle-orm';
import { v7 as uuid7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServerDatabase } from '../kit/database.js';
import { newOrder } from '../kit/new-order.js';
import { accept, cancel } from '../saga/decisions.js';
import { fill } from '../saga/fills.js';
import { fills, orderOutbox } from '../schema.js';
import type { OrderStore } from './order-store.js';
import { createPostgresStore } from './postgres-store.js';
import type { Position } from './records.js';

const server = await shareTestPostgres();
const rounds = 20;
const wide = { maxASecond: 10_000, maxOpenOfSymbol: 1_000, maxOpenOfPortfolio: 1_000 };

describe.skipIf(!server)(`orders that several change at once, on ${server?.origin ?? 'no server: NOT COVERED'}`, () => {
  let postgres: Postgres;
  let store: OrderStore;
  beforeAll(async () => {
    if (!server) return;
    postgres = await openServerDatabase(server, 10);
    const append = createAppend({ tables: orderOutbox, clock, time, source: 'orders' });
    store = createPostgresStore({ db: postgres.db, append, time, clock });
  });
  afterAll(() => postgres?.close());

  const positionAt = (lastTradeId: number): Position => ({
    ...{ lastTradeId, watermarkMs: lastTradeId, lastTradeMs: lastTradeId },
    ...{ lastPrice: '100', askPrint: '100', bidPrint: '100', simulated: false },
  });
  const somebody = () => {
    const [userId, portfolioId] = [uuid7(), uuid7()];
    const tape = { venue: 'binance', symbol: `s${userId.slice(-8)}` };
    const place = (bounds = wide) =>
      store.place(newOrder(uuid7(), { userId, portfolioId, symbol: tape.symbol }), bounds, 60_000, '');
    const accepted = async () => {
      const placed = await place();
      if (placed.kind === 'refused') throw new Error(placed.why);
      await store.change(
        placed.order.id,
        accept(() => undefined),
        { tape: true },
      );
      return placed.order.id;
    };
    return { userId, tape, place, accepted };
  };
  const filled = (orderId: string, tradeId: number) => ({
    orderId,
    decide: fill({
      ...{ tradeId, quantity: '1', isLast: true, price: '100', maker: true, tradedAtMs: tradeId },
      trade: { price: '99', quantity: '7', takenBefore: '0', buyerIsMaker: true },
      feeChoices: [],
      feeScheduleId: 1,
    }),
  });
  const now = async (tape: { venue: string; symbol: string }) => {
    const { revision, position } = await store.orders(tape, false);
    return { revision, lastTradeId: position?.lastTradeId };
  };
  const fillsOf = (orderId: string) => postgres.db.select().from(fills).where(eq(fills.orderId, orderId));

  it('of two that fill by the same trades one does (F13)', async () => {
    for (let round = 0; round < rounds; round++) {
      const { tape, accepted } = somebody();
      const id = await accepted();
      await store.advance(tape, { from: await now(tape), to: positionAt(100), steps: [] });
      const part = { from: await now(tape), to: positionAt(101), steps: [filled(id, 101)] };
      const both = await Promise.all([store.advance(tape, part), store.advance(tape, part)]);
      expect(both.map(({ kind }) => kind).sort()).toEqual(['done', 'stale']);
      expect(await fillsOf(id)).toHaveLength(1);
    }
  });

  it('what is cancelled while it is filled is one of both, and says what had been filled (F9)', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const { tape, accepted, userId } = somebody();
      const id = await accepted();
      await store.advance(tape, { from: await now(tape), to: positionAt(100), steps: [] });
      const from = await now(tape);
      const [cancelled, advanced] = await Promise.all([
        store.change(id, cancel(userId), { tape: true }),
        store.advance(tape, { from, to: positionAt(101), steps: [filled(id, 101)] }),
      ]);
      const order = (await store.read(id))?.order;
      const made = (await fillsOf(id)).length;
      seen.add(`${cancelled?.kind} ${advanced.kind}`);
      if (cancelled?.kind === 'cancelled')
        expect([advanced.kind, order?.status, order?.endedAfterTrade, made]).toEqual(['stale', 'CANCELED', 100, 0]);
      else expect([advanced.kind, order?.status, order?.endedAfterTrade, made]).toEqual(['done', 'FILLED', 101, 1]);
    }
    expect(seen.size).toBeGreaterThan(0);
  });

  it('what is accepted while the tape moves counts from where it is then, and who matches has to look again', async () => {
    for (let round = 0; round < rounds; round++) {
      const { tape, place, accepted } = somebody();
      await accepted();
      await store.advance(tape, { from: await now(tape), to: positionAt(100), steps: [] });
      const placed = await place();
      if (placed.kind === 'refused') throw new Error(placed.why);
      const { id } = placed.order;
      const from = await now(tape);
      const [, advanced] = await Promise.all([
        store.change(
          id,
          accept(() => undefined),
          { tape: true },
        ),
        store.advance(tape, { from, to: positionAt(101), steps: [] }),
      ]);
      const from100 = advanced.kind === 'stale';
      expect((await store.read(id))?.order.acceptedAfterTrade).toBe(from100 ? 100 : 101);
      const later = { from: { ...from, lastTradeId: from100 ? 100 : 101 }, to: positionAt(102), steps: [] };
      expect(await store.advance(tape, later)).toEqual({ kind: 'stale' });
    }
  });

  it('orders that are placed at once are no more than there may be', async () => {
    const { place } = somebody();
    const few = { ...wide, maxOpenOfPortfolio: 5 };
    const all = await Promise.all(Array.from({ length: 10 }, () => place(few)));
    expect(all.filter(({ kind }) => kind === 'made')).toHaveLength(5);
    expect(all.filter(({ kind }) => kind === 'refused')).toEqual(Array(5).fill({ kind: 'refused', why: 'too-many' }));
  });

  it('what is due is taken by one', async () => {
    const { place } = somebody();
    const placed = await place();
    if (placed.kind === 'refused') throw new Error(placed.why);
    const { id } = placed.order;
    await postgres.db.execute(`update sagas set next_at = now() where id = '${id}'`);
    const all = await Promise.all(Array.from({ length: 5 }, () => store.claim(10, 6_000, id)));
    expect(all.flat()).toHaveLength(1);
  });
});
