import { createManualClock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import { createFollowedTape, tape } from '../kit/followed-tape.js';
import { traded } from '../kit/matching.js';
import { createMemoryStore, emptyOrders } from '../kit/memory-store.js';
import { replay } from '../matching/replay.js';
import { cancel } from '../saga/decisions.js';
import { matchedOrder } from '../store/order-plan.js';
import type { OrderStore } from '../store/order-store.js';

const [people, each, maxSteps] = [40, 5, 30];
const nameOf = (at: number) => `p${String(at).padStart(2, '0')}`;

/** Everybody's orders rest below, each for a share of what is traded at once; parts of it can be cut off. */
const resting = async () => {
  const clock = createManualClock(Date.UTC(2026, 10, 30));
  const kept = emptyOrders();
  const inner = createMemoryStore(clock, kept);
  const parts: number[] = [];
  const cut = { after: Number.POSITIVE_INFINITY };
  const store: OrderStore = {
    ...inner,
    advance: async (of, asked) => {
      if (parts.length >= cut.after) throw new AppError('unavailable', 'The database is away.');
      const done = await inner.advance(of, asked);
      if (done.kind === 'done' && asked.steps.length > 0) parts.push(asked.steps.length);
      return done;
    },
  };
  const all = createFollowedTape({ clock, kept, store, limits: { maxSteps } });
  all.exchange.trade('100', '1', 'buyer', 1_000);
  const follower = all.start();
  await all.whileTimePasses(follower.reference());
  const ids: string[] = [];
  for (let at = 0; at < people * each; at++)
    ids.push(await all.order({ portfolioId: nameOf(at % people), price: '99', quantity: '2' }));
  // It is known by then that they are open, and that they rest.
  all.exchange.trade('100', '1', 'buyer', 2_000);
  await all.caughtUp();
  parts.length = 0;
  return { ...all, follower, ids, parts, cut, inner };
};

it('a trade that fills 200 orders at once is written in parts of 30 changes, and the tape moves with the last', async () => {
  const { exchange, caughtUp, parts, fills, position, ids, follower } = await resting();
  exchange.trade('98', '9', 'seller', 3_000);
  await caughtUp();
  await follower.close();
  // Of each portfolio four are filled, and the last one in part.
  expect(fills()).toHaveLength(ids.length);
  expect(parts.length).toBeGreaterThan((people * each) / maxSteps);
  expect(Math.max(...parts)).toBeLessThanOrEqual(maxSteps);
  expect((await position())?.lastTradeId).toBe(3);
});

it.each([1, 2, 4, 6])(
  'what is cut off after %i parts goes on from there: each order is filled once by it, and one that comes or goes meanwhile as its own portfolio stands',
  async (cutAfter) => {
    const { exchange, caughtUp, fills, follower, start, order, read, cut, until, parts, inner, ids } = await resting();
    cut.after = cutAfter;
    exchange.trade('98', '9', 'seller', 3_000);
    await until(() => follower.problem !== undefined, 'it is cut');
    expect(parts).toHaveLength(cutAfter);
    void follower.close();
    const { position, ahead } = await inner.orders(tape, false);
    expect([position?.lastTradeId, ahead?.position.lastTradeId]).toEqual([2, 3]);
    const isDone = (portfolioId: string) => portfolioId <= (ahead?.throughPortfolio ?? '');
    const [done, waiting] = [nameOf(0), nameOf(people - 1)];
    expect([isDone(done), isDone(waiting)]).toEqual([true, false]);

    const come = [await order({ portfolioId: done, price: '99' }), await order({ portfolioId: waiting, price: '99' })];
    expect((await Promise.all(come.map(read))).map(({ acceptedAfterTrade }) => acceptedAfterTrade)).toEqual([3, 2]);
    // The last of each: of one portfolio filled in part by the trade, of the other not looked at yet.
    const gone = [ids[(each - 1) * people], ids[(each - 1) * people + people - 1]].map((id) => id ?? '');
    for (const id of gone) await inner.change(id, cancel('somebody'), { tape: true });
    expect((await Promise.all(gone.map(read))).map(({ endedAfterTrade }) => endedAfterTrade)).toEqual([3, 2]);

    cut.after = Number.POSITIVE_INFINITY;
    const next = start();
    exchange.trade('100', '1', 'buyer', 4_000);
    await caughtUp();
    await next.close();
    expect((await inner.orders(tape, false)).ahead).toBeUndefined();
    // As if all of it had been looked at at once, portfolio by portfolio.
    const trades = [
      traded(1, '100', '1', 'buyer', 1_000),
      traded(2, '100', '1', 'buyer', 2_000),
      traded(3, '98', '9', 'seller', 3_000),
      traded(4, '100', '1', 'buyer', 4_000),
    ];
    const rows = await Promise.all([...ids, ...come].map(read));
    const right = Array.from({ length: people }, (_, at) => nameOf(at)).flatMap((portfolioId) => {
      const orders = rows
        .filter((row) => row.portfolioId === portfolioId)
        .flatMap((row) => {
          const matched = matchedOrder(row);
          return matched ? [{ order: matched, endedAfterTrade: row.endedAfterTrade ?? undefined }] : [];
        });
      return replay({ orders, trades, watermarkMs: 4_000 });
    });
    const lines = (all: readonly { orderId: string; tradeId: number | null; quantity: string }[]) =>
      all.map(({ orderId, tradeId, quantity }) => `${orderId} ${tradeId} ${quantity}`).sort();
    expect(lines(fills())).toEqual(
      lines(
        right.map(({ orderId, trade, quantity }) => ({
          orderId,
          tradeId: trade.id,
          quantity: formatDecimal(quantity),
        })),
      ),
    );
    expect(right.some(({ quantity }) => formatDecimal(quantity) === formatDecimal(parseDecimal('1')))).toBe(true);
  },
);
