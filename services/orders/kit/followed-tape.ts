import { createManualClock } from '@tickfolio/lib/clock';
import { parseDecimal } from '@tickfolio/lib/money';
import { silentLogger } from '@tickfolio/lib/telemetry';
import { v7 as uuid7 } from 'uuid';
import { createCatchUp } from '../execution/catch-up.js';
import { startFollower } from '../execution/follower.js';
import { defaultExecutionLimits, type ExecutionLimits } from '../execution/limits.js';
import { createTradesBefore } from '../execution/trades-before.js';
import { accept } from '../saga/decisions.js';
import type { NewOrder, OrderStore } from '../store/order-store.js';
import { createMemoryStore, emptyOrders } from './memory-store.js';
import { newOrder } from './new-order.js';
import { createScriptedTrades } from './scripted-trades.js';

export const tape = { venue: 'binance', symbol: 'btcusdt' };
const wide = { maxASecond: 100_000, maxOpenOfSymbol: 100_000, maxOpenOfPortfolio: 100_000 };
const maxWaits = 2_000;

/** A symbol that is followed under a clock which a test moves; what is stored outlives who follows it. */
export const createFollowedTape = ({
  limits = {},
  random = () => 0.5,
  clock = createManualClock(Date.UTC(2026, 10, 30)),
  kept = emptyOrders(),
  store = createMemoryStore(clock, kept),
  exchange = createScriptedTrades({ random }),
  priceOf = (asset) => (asset === 'BNB' ? parseDecimal('600') : undefined),
}: {
  readonly limits?: Partial<ExecutionLimits>;
  readonly random?: () => number;
  readonly clock?: ReturnType<typeof createManualClock>;
  readonly kept?: ReturnType<typeof emptyOrders>;
  readonly store?: OrderStore;
  readonly exchange?: ReturnType<typeof createScriptedTrades>;
  readonly priceOf?: (asset: string) => ReturnType<typeof parseDecimal> | undefined;
} = {}) => {
  const [woken, stuck]: [string[], string[]] = [[], []];
  const missed = { count: 0 };
  let isOurs = true;
  const rate = parseDecimal('0.001');
  const start = () =>
    startFollower(
      {
        ...{ store, tape, clock, random, log: silentLogger(), client: exchange.client, venue: 'binance' },
        before: createTradesBefore({
          ...{ history: exchange.history, clock, symbol: tape.symbol, log: silentLogger() },
          missed: () => {
            missed.count++;
          },
        }),
        catchUp: createCatchUp({ history: exchange.history, clock, log: silentLogger(), symbol: tape.symbol }),
        lease: { take: async () => isOurs },
        fees: {
          at: async () => ({ id: 1, maker: rate, taker: rate, discountAsset: 'BNB', discount: parseDecimal('0.75') }),
        },
        priceOf,
        wake: (ids) => void woken.push(...ids),
        stuck: (orderId) => void stuck.push(orderId),
        meanMinutes: () => 5,
      },
      { ...defaultExecutionLimits, ...limits },
    );
  /** Moves time on until it is so. */
  const until = async (isSo: () => boolean | Promise<boolean>, words: string) => {
    for (let waits = 0; waits < maxWaits; waits++) {
      if (await isSo()) return;
      await clock.advanceAsync(20);
    }
    throw new Error(`never: ${words}`);
  };
  const whileTimePasses = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const done = work.finally(() => {
      isOver = true;
    });
    done.catch(() => undefined);
    await until(() => isOver, 'the work ends');
    return done;
  };
  return {
    clock,
    kept,
    store,
    exchange,
    woken,
    /** Orders of which something could not be written. */
    stuck,
    /** Beginnings whose trades of before could not be had. */
    missed,
    start,
    until,
    whileTimePasses,
    /** Whether this replica writes. */
    hold: (ours: boolean) => {
      isOurs = ours;
    },
    position: async () => (await store.orders(tape, false)).position,
    /** An order that is accepted now. */
    order: async (said: Partial<NewOrder> = {}) => {
      const id = uuid7();
      const whose = { userId: said.userId ?? 'somebody', portfolioId: said.portfolioId ?? 'a' };
      await store.place(newOrder(id, { ...said, ...whose }), wide, 1_000, '');
      await store.change(
        id,
        accept(() => undefined),
        { tape: true },
      );
      return id;
    },
    read: async (id: string) => {
      const state = await store.read(id);
      if (!state) throw new Error('no such order');
      return state.order;
    },
    /** All that is told is stored. */
    caughtUp: () =>
      until(
        async () => ((await store.orders(tape, false)).position?.lastTradeId ?? -1) === exchange.newestId,
        'all trades are stored',
      ),
    /** Fills as lines, in the order of trades and then orders. */
    fills: () =>
      [...kept.fills.values()]
        .map(({ orderId, tradeId, price, quantity, maker }) => ({ orderId, tradeId, price, quantity, maker }))
        .sort((a, b) => (a.tradeId ?? 0) - (b.tradeId ?? 0) || (a.orderId < b.orderId ? -1 : 1)),
  };
};
