import { setTimeout as pause } from 'node:timers/promises';
import { createManualClock } from '@tickfolio/lib/clock';
import { shareTestPostgres } from '@tickfolio/lib/kit/postgres';
import { createRandom } from '@tickfolio/lib/kit/random';
import { eventually } from '@tickfolio/lib/kit/wait-until';
import type { Postgres } from '@tickfolio/lib/postgres';
import { eq, isNull, like } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExecution } from '../app.js';
import { createFillAudit } from '../fill-audits/fill-audit.js';
import { readStoredFills } from '../fill-audits/stored-fills.js';
import { openServerDatabase } from '../kit/database.js';
import { startTestOrders } from '../kit/orders.js';
import { createScriptedPortfolio } from '../kit/scripted-portfolio.js';
import { createScriptedTrades } from '../kit/scripted-trades.js';
import { fills, orderOutbox, orders, tapePositions } from '../schema.js';

const server = await shareTestPostgres();
const atMs = Date.UTC(2026, 10, 30);
const [trades, people, ordered] = [250, 4, 24];
const symbols = ['btcusdt', 'ethusdt'];
const patienceMs = 120_000;
const never = new AbortController().signal;
const { relayLease } = orderOutbox;

describe.skipIf(!server)(`trades that two replicas follow, on ${server?.origin ?? 'no server: NOT COVERED'}`, () => {
  let postgres: Postgres;
  beforeAll(async () => {
    if (server) postgres = await openServerDatabase(server, 10);
  });
  afterAll(() => postgres?.close());

  it('fill each order once, as one would have, though both hold the lease of a symbol again and again (F13)', {
    timeout: 300_000,
  }, async () => {
    const random = createRandom('races');
    const [clock, portfolio] = [createManualClock(atMs), createScriptedPortfolio()];
    const exchange = createScriptedTrades({ random });
    const start = () => {
      const startExecution = createExecution({ client: exchange.client, history: exchange.history, random });
      const limits = { maxASecond: 10_000 };
      return startTestOrders(postgres, { clock, portfolio, startExecution, limits });
    };
    const replicas = [await start(), await start()];
    let isOver = false;
    const everywhere = async (work: () => Promise<unknown>) => {
      while (!isOver) {
        await work();
        await pause(1);
      }
    };
    const holders = new Set<string>();
    const around = Promise.all([
      everywhere(() => clock.advanceAsync(3)),
      // Who had it believes so for some seconds, and the other one takes it.
      everywhere(async () => {
        const gone = await postgres.db.delete(relayLease).where(like(relayLease.name, 'tape %')).returning();
        for (const { holder } of gone) holders.add(holder);
        await pause(20);
      }),
    ]);

    exchange.trade('100', '1', 'buyer', atMs, 1);
    const amounts = { USDT: '1000000', BTC: '10000', ETH: '10000' };
    const [first] = replicas;
    const everybody = Array.from({ length: people }, () => first?.somebody(amounts));
    const placeOne = async (count: number) => {
      const one = everybody[count % people];
      const there = replicas[Math.floor(random() * 2)]?.as(one?.userId ?? '', one?.portfolioId);
      const side = random() < 0.5 ? 'BUY' : 'SELL';
      const price = String(97 + Math.floor(random() * 7));
      const asked = { symbol: symbols[count % 2] ?? '', side, price, quantity: String(1 + Math.floor(random() * 9)) };
      const clientOrderId = `race-${count}`;
      await eventually('it is placed', () => there?.placed({ ...asked, clientOrderId }), patienceMs);
    };
    const placing = (async () => {
      for (let count = 0; count < ordered; count++) await placeOne(count);
    })();
    for (let at = 1; at <= trades; at++) {
      const price = String(96 + Math.floor(random() * 9));
      exchange.trade(price, String(1 + Math.floor(random() * 3)), random() < 0.5 ? 'buyer' : 'seller', clock.now());
      await pause(5);
    }
    await placing;
    // One more, of after the last was accepted.
    for (const price of ['96', '104']) exchange.trade(price, '50', 'buyer', clock.now());
    const { newestId } = exchange;
    const reached = () =>
      postgres.db
        .select()
        .from(tapePositions)
        .where(eq(tapePositions.lastTradeId, newestId ?? 0));
    await eventually('all trades were looked at', async () => (await reached()).length === symbols.length, patienceMs);
    const notBooked = () => postgres.db.select().from(fills).where(isNull(fills.settledAt));
    await eventually('all fills are booked', async () => (await notBooked()).length === 0, patienceMs);
    isOver = true;
    await around;

    expect(holders.size).toBe(2);
    const placed = await postgres.db.select({ id: orders.id }).from(orders);
    expect(placed.length).toBe(ordered);
    const audit = createFillAudit({ history: exchange.history });
    let made = 0;
    for (const { id } of placed) {
      const stored = await readStoredFills(postgres.db, id);
      if (!stored) throw new Error('no such order');
      made += stored.fills.length;
      expect((await audit(stored, trades * 2, never)).differences).toEqual([]);
    }
    expect(made).toBeGreaterThan(ordered / 2);
    for (const replica of replicas) await replica.close();
  });
});
