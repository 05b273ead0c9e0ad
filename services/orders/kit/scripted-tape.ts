import { AppError } from '@tickfolio/lib/errors';
import type { TapeReference } from '../market/tape-reference.js';
import { referenceOf } from '../store/order-plan.js';
import type { OrderStep, OrderStore } from '../store/order-store.js';
import type { Position } from '../store/records.js';

/** Trades as a test says them, written where those of an exchange would be. */
export const createScriptedTape = (store: OrderStore, venue = 'binance') => {
  let fault: string | undefined;
  const known = new Map<string, Position>();
  const tape: TapeReference = {
    reference: async (symbol) => {
      if (fault !== undefined) throw new AppError('unavailable', fault);
      // What was said to another one of these is known to all of a database.
      const position = known.get(symbol) ?? (await store.orders({ venue, symbol }, false)).position;
      return position && referenceOf(position);
    },
    problem: () => fault,
  };
  return {
    tape,
    /** No trades can be had any more, in words; undefined: they can. */
    fail: (words: string | undefined) => {
      fault = words;
    },
    /** A trade of a symbol: from then on it is what is known. */
    trade: async (symbol: string, price: string, steps: (tradeId: number) => readonly OrderStep[] = () => []) => {
      const of = { venue, symbol };
      for (;;) {
        const { revision, position } = await store.orders(of, false);
        const id = (position?.lastTradeId ?? 100) + 1;
        const timeMs = id * 1_000;
        const prices = { lastPrice: price, askPrint: price, bidPrint: price };
        const to = { lastTradeId: id, watermarkMs: timeMs, lastTradeMs: timeMs, ...prices, simulated: false };
        const from = { revision, lastTradeId: position?.lastTradeId };
        const advanced = await store.advance(of, { from, to, steps: steps(id) });
        if (advanced.kind === 'stale') continue;
        known.set(symbol, to);
        return { tradeId: id, changed: advanced.changed };
      }
    },
  };
};
