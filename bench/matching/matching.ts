import { parseDecimal, zero } from '@tickfolio/lib/money';
import { match } from '@tickfolio/orders/matching';
import type { Benchmark } from '../measure/benchmark.js';
import { type Contestant, contest } from '../measure/contest.js';
import { times, whole } from '../measure/table.js';

type Order = Parameters<typeof match>[0]['orders'][number];
type Trade = Parameters<typeof match>[0]['trades'][number];

const symbols = 100;
const ordersOfSymbol = 10;
/** Of a symbol at a time, as they come from the tape. */
const batch = 50;
const goal = 50_000;

const start = 68_000;
const cents = (value: number): string => value.toFixed(2);

/** Prices that go up and down by some cents. */
const tradesOf = (symbol: number): readonly Trade[] =>
  Array.from({ length: batch }, (_, at) => ({
    id: at + 1,
    price: parseDecimal(cents(start + Math.sin(symbol + at / 9) * 3)),
    quantity: parseDecimal((0.001 + ((at * 7) % 50) / 1_000).toFixed(5)),
    timeMs: at * 20,
    buyerIsMaker: (at + symbol) % 3 === 0,
  }));

/** Most rest beyond where prices go; of ten one is reached, and one is a stop. */
const ordersOf = (symbol: number): readonly Order[] =>
  Array.from({ length: ordersOfSymbol }, (_, at) => {
    const isBuy = at % 2 === 0;
    const away = at === 0 ? 1 : 20 + at * 5;
    const price = parseDecimal(cents(isBuy ? start - away : start + away));
    const isStop = at === 1;
    return {
      id: `${symbol}-${at}`,
      plan: {
        ...{ symbol: `coin${symbol}usdt`, side: isBuy ? 'BUY' : 'SELL', quantity: parseDecimal('50') },
        ...(isStop
          ? { type: 'STOP_LOSS' as const, stopPrice: parseDecimal(cents(start - 100)) }
          : { type: 'LIMIT' as const, timeInForce: 'GTC' as const, price }),
      },
      ...{ age: at, acceptedAfterTrade: 0, acceptedAtMs: 0, working: !isStop },
      ...{ filledQuantity: zero, filledQuote: zero, stepSize: parseDecimal('0.00001') },
    };
  });

const markets = Array.from({ length: symbols }, (_, symbol) => ({
  trades: tradesOf(symbol),
  orders: ordersOf(symbol),
}));
const price = parseDecimal(cents(start));
const before = { askPrint: price, bidPrint: price, lastTradeId: 0 };

/** @param portfolios to whom the orders of a symbol belong, each of which is matched by itself */
const matching = (portfolios: number): Contestant => {
  const groups = markets.map(({ trades, orders }) => ({
    trades,
    shares: Array.from({ length: portfolios }, (_, one) => orders.filter((_, at) => at % portfolios === one)),
  }));
  return {
    name: String(portfolios),
    pieces: symbols * batch,
    run: () => {
      let steps = 0;
      for (const { trades, shares } of groups)
        for (const orders of shares) steps += match({ orders, trades, before, watermarkMs: 0 }).steps.length;
      return steps;
    },
  };
};

/** Each trade beside each order, as bare whole numbers: what looking costs at least, without a glance at all of them. */
const comparing: Contestant = {
  name: 'floor',
  pieces: symbols * batch,
  run: () => {
    let met = 0;
    for (const { trades, orders } of bare)
      for (const trade of trades) for (const limit of orders) if (trade < limit) met += 1;
    return met + 1;
  },
};
const bare = markets.map(({ trades, orders }) => ({
  trades: trades.map((trade) => trade.price.units),
  orders: orders.map(({ plan }) => (plan.price ?? zero).units),
}));

export const matchingOrders: Benchmark = {
  name: 'matching',
  about: 'real trades against 1,000 open orders of 100 symbols, on one core',
  run: async ({ seconds, say }) => {
    say(`${symbols} symbols`);
    const rates = contest([matching(1), matching(ordersOfSymbol), comparing], seconds);
    const floor = rates.get('floor') ?? Number.NaN;
    const rows = [1, ordersOfSymbol].map((portfolios) => {
      const rate = rates.get(String(portfolios)) ?? Number.NaN;
      return [`${portfolios} of each symbol`, whole(rate), times(rate / goal), whole(floor), times(floor / rate)];
    });
    return {
      title: 'matching: trades a second on one core, 1,000 open orders of 100 symbols',
      columns: ['portfolios', 'trades/s', 'of the goal', 'each by each (floor)', 'work of the floor'],
      rows,
      notes: [
        `The goal is ${whole(goal)} trades/s. Batches of ${batch} trades of a symbol; the orders are read anew for each, as from the store.`,
        'The floor compares each trade with each order as bare BigInt and makes nothing of it.',
      ],
    };
  },
};
