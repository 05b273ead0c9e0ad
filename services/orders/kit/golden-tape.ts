import { formatDecimal } from '@tickfolio/lib/money';
import type { MatchedOrder, TapeTrade } from '../rules/order.js';
import { accepted, d } from './matching.js';

// Trades and orders as oracles/matching.py makes them, by the same rule.

const tradeCount = 34_000;
const orderCount = 300;
/** An order is cancelled after so many trades. */
export const goldenLife = 1_000;

/** A linear congruential generator of 32 bits. */
const createChance = (seed: number) => {
  let state = seed;
  return (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % bound;
  };
};

type RawTrade = readonly [id: number, cents: number, quantity: number, timeMs: number, buyer: number];
type RawOrder = readonly [id: number, after: number, side: string, kind: string, cents: number, quantity: number];

const rawTrades = (): readonly RawTrade[] => {
  const below = createChance(20_261_130);
  const made: RawTrade[] = [];
  let [middle, timeMs] = [6_800_000, 0];
  for (let id = 1; id <= tradeCount; id++) {
    middle += (below(7) - 3) * (below(10) === 0 ? 25 : 2);
    const buyer = below(2);
    const cents = middle + (buyer ? 1 : -1) * (1 + below(3));
    const quantity = 1 + below(below(5) ? 2_000 : 60_000);
    timeMs += below(120);
    made.push([id, cents, quantity, timeMs, buyer]);
  }
  return made;
};
const rawOrders = (trades: readonly RawTrade[]): readonly RawOrder[] => {
  const below = createChance(16);
  return Array.from({ length: orderCount }, (_, at): RawOrder => {
    const after = (at + 1) * 100;
    const last = trades[after - 1]?.[1] ?? 0;
    const side = below(2) ? 'BUY' : 'SELL';
    const kind = ['LIMIT', 'LIMIT', 'LIMIT', 'IOC', 'MARKET'][below(5)] ?? '';
    const away = below(1_200) - 200;
    return [at + 1, after, side, kind, side === 'BUY' ? last - away : last + away, 100 + below(200_000)];
  });
};

const text = (units: number, scale: number): string => formatDecimal({ units: BigInt(units), scale });

/** Some 34,000 trades, and 300 orders that are accepted on the way; `text` is what the golden file has a hash of. */
export const goldenTape = () => {
  const [trades, orders] = [rawTrades(), rawOrders(rawTrades())];
  return {
    text: JSON.stringify([trades, orders]),
    trades: trades.map(
      ([id, cents, quantity, timeMs, buyer]): TapeTrade => ({
        ...{ id, timeMs, buyerIsMaker: buyer === 0 },
        ...{ price: d(text(cents, 2)), quantity: d(text(quantity, 5)) },
      }),
    ),
    orders: orders.map(([id, after, side, kind, cents, quantity]): MatchedOrder => {
      const said = { side, quantity: text(quantity, 5), type: kind === 'MARKET' ? 'MARKET' : 'LIMIT' };
      const limit = kind === 'MARKET' ? {} : { price: text(cents, 2) };
      return accepted(
        String(id),
        { ...said, ...limit, ...(kind === 'IOC' ? { timeInForce: 'IOC' } : {}) },
        { acceptedAfterTrade: after, acceptedAtMs: trades[after - 1]?.[3] ?? 0, stepSize: d('0.00001') },
      );
    }),
  };
};
