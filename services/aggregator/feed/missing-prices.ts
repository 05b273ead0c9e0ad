import { isVoid } from '../tape/trade.js';
import type { MarketFeed } from './market-feed.js';

/**
 * Why a symbol has no price, or no newer one: the exchange's history has no trade of it, or its newest trade could not
 * be read.
 */
export type NoPrice = 'never-traded' | 'unreadable';

/** What is known of prices that do not come though the feed works. */
export interface MissingPrices {
  /** Reads history and notes what it lacks. */
  readonly listTrades: MarketFeed['listTrades'];
  /** A frame of the stream that is no trade, or one that cannot be right; it may say whose it is. */
  unreadable(payload: string): void;
  /** A trade of the symbol was read from the stream. */
  came(symbol: string, tradeId: number): void;
  /** Undefined where nothing is known to be wrong. */
  of(symbol: string): NoPrice | undefined;
  forget(symbol: string): void;
}

/** What is known of a symbol's newest trade. */
interface Newest {
  /** Below 0 while no id is known. */
  id: number;
  why: NoPrice | undefined;
}

const fieldsOf = (payload: string): { readonly s?: unknown; readonly a?: unknown } => {
  try {
    return Object(JSON.parse(payload));
  } catch {
    return {}; // Nobody's.
  }
};

/** @param followed the symbol, if it is followed, of the exchange's spelling */
export const createMissingPrices = (
  feed: Pick<MarketFeed, 'listTrades'>,
  followed: (spelling: string) => string | undefined,
): MissingPrices => {
  const known = new Map<string, Newest>();
  const set = (symbol: string, id: number, why: NoPrice | undefined) => {
    const newest = known.get(symbol);
    if (!newest) known.set(symbol, { id, why });
    else [newest.id, newest.why] = [id, why];
  };
  return {
    listTrades: async (symbol, request, signal) => {
      const rows = await feed.listTrades(symbol, request, signal);
      const knownId = known.get(symbol)?.id ?? -1;
      const row = rows.at(-1);
      // Pages of older trades say nothing about the newest one.
      if (row && row.id >= knownId) set(symbol, row.id, isVoid(row) ? 'unreadable' : undefined);
      else if (!row && request.fromId === undefined && knownId < 0) set(symbol, -1, 'never-traded');
      return rows;
    },
    unreadable: (payload) => {
      const { s, a } = fieldsOf(payload);
      const symbol = typeof s === 'string' ? followed(s) : undefined;
      if (symbol !== undefined)
        set(symbol, Number.isSafeInteger(a) ? Number(a) : (known.get(symbol)?.id ?? -1), 'unreadable');
    },
    came: (symbol, tradeId) => set(symbol, tradeId, undefined),
    of: (symbol) => known.get(symbol)?.why,
    forget: (symbol) => void known.delete(symbol),
  };
};
