import { createManualClock } from '@tickfolio/lib/clock';
import type { Postgres } from '@tickfolio/lib/postgres';
import { eq, ne } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createExecution } from '../app.js';
import { openEmbeddedDatabase } from '../kit/database.js';
import { reasonOf, startTestOrders, type TestOrders } from '../kit/orders.js';
import { createScriptedPortfolio } from '../kit/scripted-portfolio.js';
import { createScriptedTrades } from '../kit/scripted-trades.js';
import { fills, orders as table } from '../schema.js';

const atMs = Date.UTC(2026, 10, 30);
let postgres: Postgres;
beforeAll(async () => {
  postgres = await openEmbeddedDatabase();
});
afterAll(() => postgres?.close());

const open: TestOrders[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** The service with trades of an aggregator, under a clock that goes on by itself while something is waited for. */
const begin = async (
  shared: {
    clock?: ReturnType<typeof createManualClock>;
    portfolio?: ReturnType<typeof createScriptedPortfolio>;
    exchange?: ReturnType<typeof createScriptedTrades>;
  } = {},
) => {
  const { clock = createManualClock(atMs), portfolio = createScriptedPortfolio() } = shared;
  const { exchange = createScriptedTrades() } = shared;
  const startExecution = createExecution({ client: exchange.client, history: exchange.history, random: () => 0.5 });
  const orders = await startTestOrders(postgres, { clock, portfolio, startExecution });
  open.push(orders);
  const whileTimePasses = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const done = work.finally(() => {
      isOver = true;
    });
    done.catch(() => undefined);
    while (!isOver) {
      await clock.advanceAsync(10);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return done;
  };
  const becomes = async (read: () => Promise<unknown>, value: unknown) =>
    whileTimePasses(expect.poll(read, { timeout: 30_000 }).toEqual(value));
  return { orders, clock, portfolio, exchange, whileTimePasses, becomes };
};

describe('an order at real trades', () => {
  it('is accepted after the last trade, filled by the next that reach it, booked, and proven by them', async () => {
    const { orders, clock, exchange, whileTimePasses, becomes } = await begin();
    exchange.trade('100', '1', 'buyer', atMs + 1_000, 41);
    const somebody = orders.somebody();
    const order = await whileTimePasses(somebody.placed({ quantity: '2', price: '90' }));
    expect(order.status).toBe('NEW');
    exchange.trade('91', '1', 'seller', atMs + 2_000);
    exchange.trade('89', '1.5', 'seller', atMs + 3_000);
    exchange.trade('88', '9', 'seller', atMs + 4_000);
    await becomes(async () => {
      const { status, settled } = await somebody.get(order.id);
      return [status, settled, somebody.held()];
    }, ['FILLED', true, ['BTC 3.998 0', 'USDT 820 0']]);
    // Of what was never seen so nobody could tell that it grew.
    expect(await orders.metrics()).toContain('fill_audits_total{outcome="wrong"} 0');
    // Once an hour it is filled again.
    clock.advance(3_600_000 - (clock.now() - atMs));
    await becomes(async () => (await orders.metrics()).includes('fill_audits_total{outcome="right"} 1'), true);
    const proof = await somebody.proof(order.id);
    expect(proof).toMatchObject({ model: 'tape', acceptedAfterTrade: 41, endedAfterTrade: 44 });
    expect(proof.fills.map(({ tradeId, price, quantity }) => [tradeId, price, quantity])).toEqual([
      [43, '90', '1.5'],
      [44, '90', '0.5'],
    ]);
  });

  it('rings where it was filled by another trade than is stored (A12)', async () => {
    const { orders, clock, exchange, whileTimePasses, becomes } = await begin();
    exchange.trade('100', '1', 'buyer', atMs + 1_000, 741);
    const somebody = orders.somebody();
    const order = await whileTimePasses(somebody.placed({ quantity: '1', price: '90' }));
    exchange.trade('91', '1', 'seller', atMs + 2_000);
    exchange.trade('89', '1.5', 'seller', atMs + 3_000);
    await becomes(async () => (await somebody.get(order.id)).status, 'FILLED');
    // Those of before were filled at another exchange.
    await postgres.db
      .update(table)
      .set({ endedAt: new Date(atMs - 7_200_000) })
      .where(ne(table.id, order.id));
    await postgres.db.update(fills).set({ tradeId: 742 }).where(eq(fills.orderId, order.id));
    clock.advance(3_600_000 - (clock.now() - atMs));
    await becomes(async () => (await orders.metrics()).includes('fill_audits_total{outcome="wrong"} 1'), true);
  });

  it('is refused while there is no price, or none can be had', async () => {
    const { orders, exchange, whileTimePasses } = await begin();
    const somebody = orders.somebody();
    const market = { symbol: 'ethusdt', type: 'MARKET', price: undefined } as const;
    expect(await whileTimePasses(reasonOf(somebody.placed(market)))).toBe('no-price-yet');
    exchange.fail('The aggregator is away.');
    expect(await whileTimePasses(reasonOf(somebody.placed(market)))).toBe('market-away');
    expect((await orders.ready()).dependencies.tape?.reason).toContain('The aggregator is away.');
  });

  it('is filled by another replica when the one that filled it is gone (F13)', async () => {
    const first = await begin();
    const { clock, exchange, portfolio, whileTimePasses, becomes } = first;
    exchange.trade('100', '1', 'buyer', atMs + 1_000, 600);
    const somebody = first.orders.somebody({ BTC: '1000' });
    const order = await whileTimePasses(somebody.placed({ quantity: '2', price: '90', symbol: 'ethbtc' }));
    const second = await begin({ clock, portfolio, exchange });
    const there = second.orders.as(somebody.userId, somebody.portfolioId);
    // Asked of both, one writes.
    const later = await whileTimePasses(there.placed({ quantity: '1', price: '80', symbol: 'ethbtc' }));
    exchange.trade('89', '1', 'seller', atMs + 2_000);
    await becomes(async () => (await there.get(order.id)).filledQuantity, '1');
    open.splice(open.indexOf(first.orders), 1);
    await whileTimePasses(first.orders.close());
    exchange.trade('79', '7', 'seller', atMs + 3_000);
    await becomes(
      async () => [(await there.get(order.id)).status, (await there.get(later.id)).status],
      ['FILLED', 'FILLED'],
    );
    const { fills } = await there.fills(order.id);
    expect(fills.map(({ tradeId }) => tradeId)).toEqual([601, 602]);
  });
});
