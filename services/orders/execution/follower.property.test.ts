import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { expect, it } from 'vitest';
import { createFollowedTape } from '../kit/followed-tape.js';
import { dice, someOrder } from '../kit/some-orders.js';
import { match } from '../matching/match.js';
import type { FillStep } from '../matching/steps.js';
import type { TapeTrade } from '../rules/order.js';
import { matchedOrder, referenceOf } from '../store/order-plan.js';
import type { OrderRow, Position } from '../store/records.js';

/** What comes of all trades at once, never interrupted. */
const expected = (rows: readonly OrderRow[], position: Position, trades: readonly TapeTrade[], watermarkMs: number) => {
  const before = referenceOf(position);
  const steps = ['a', 'b'].flatMap((portfolioId) => {
    const orders = rows.filter((row) => row.portfolioId === portfolioId).flatMap((row) => matchedOrder(row) ?? []);
    return match({ orders, trades, before, watermarkMs }).steps;
  });
  const fills = steps.filter((step): step is FillStep => step.kind === 'fill');
  return {
    ended: steps
      .filter((step) => step.kind === 'ended')
      .map(({ orderId }) => orderId)
      .sort(),
    fills: fills
      .map(({ orderId, trade, price, quantity, maker }) => {
        const amounts = { price: formatDecimal(price), quantity: formatDecimal(quantity) };
        return { orderId, tradeId: trade.id, ...amounts, maker };
      })
      .sort((a, b) => a.tradeId - b.tradeId || (a.orderId < b.orderId ? -1 : 1)),
  };
};

const seeds = Array.from({ length: 40 }, (_, at) => at + 1);

it.each(seeds)('comes to the same fills wherever it is cut, killed and started again (seed %i)', async (seed) => {
  const random = dice(seed);
  const few = { maxTrades: 1 + Math.floor(random() * 30), maxSteps: 1 + Math.floor(random() * 6) };
  const { exchange, start, whileTimePasses, order, read, until, caughtUp, position, fills, clock } = createFollowedTape(
    {
      random,
      limits: few,
    },
  );
  exchange.trade('100', '1', 'buyer', 1_000);
  let follower = start();
  await whileTimePasses(follower.reference());
  const ids: string[] = [];
  for (let at = 0; at < 12; at++) ids.push(await order(someOrder(random)));
  const rows = await Promise.all(ids.map(read));
  const from = await position();
  if (!from) throw new Error('no position');
  const trades: TapeTrade[] = [];
  let timeMs = 1_000;
  for (let at = 0; at < 150; at++) {
    timeMs += Math.floor(random() * 900);
    const price = String(94 + Math.floor(random() * 13));
    const quantity = String(1 + Math.floor(random() * 3));
    const taker = random() < 0.5 ? ('buyer' as const) : ('seller' as const);
    const id = exchange.trade(price, quantity, taker, timeMs);
    const amounts = { price: parseDecimal(price), quantity: parseDecimal(quantity) };
    trades.push({ id, ...amounts, timeMs, buyerIsMaker: taker === 'seller' });
    const chance = random();
    if (chance < 0.06) exchange.cut();
    else if (chance < 0.1) {
      // Killed: nothing that was under way is ended well.
      void follower.close();
      follower = start();
    } else if (chance < 0.3) await clock.advanceAsync(30 + random() * 400);
  }
  exchange.seen(timeMs + 100_000);
  await caughtUp();
  await until(async () => (await position())?.watermarkMs === timeMs + 100_000, 'all is proven');
  await follower.close();
  const right = expected(rows, from, trades, timeMs + 100_000);
  expect(fills()).toEqual(right.fills);
  const over = await Promise.all(ids.map(read));
  expect(
    over
      .filter(({ status }) => status === 'EXPIRED')
      .map(({ id }) => id)
      .sort(),
  ).toEqual(right.ended);
});
