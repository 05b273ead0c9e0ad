import type { MarketFeed } from './market-feed.js';

/** Why a symbol has no price, or no newer one: the exchange's history has no trade of it, or its newest trade could not be read. */
export type NoPrice = 'never-traded' | 'unreadable';

/** What is known of prices that do not come though the feed works. */
export interface MissingPrices {
  /** Reads history and notes what it lacks. */
  readonly listTrades: MarketFeed['listTrades'];
  /** A frame of the stream that is no trade; it may say whose it is. */
  unreadable(payload: string): void;
  /** A trade of the symbol was read. */
  came(symbol: string): void;
  /** Undefined where nothing is known to be wrong. */
  of(symbol: string): NoPrice | undefined;
  forget(symbol: string): void;
}

const symbolIn = /"s":"([^"\\]{1,40})"/;

/** @param followed the symbol, if it is followed, of the exchange's spelling */
export const createMissingPrices = (
  feed: Pick<MarketFeed, 'listTrades'>,
  followed: (spelling: string) => string | undefined,
): MissingPrices => {
  const known = new Map<string, NoPrice>();
  const lacks = (spelling: string, why: NoPrice) => {
    const symbol = followed(spelling);
    if (symbol !== undefined) known.set(symbol, why);
  };
  return {
    listTrades: async (symbol, request, signal) => {
      let isReadable = true;
      const trades = await feed.listTrades(symbol, request, signal, () => {
        isReadable = false;
      });
      if (trades.length > 0) known.delete(symbol);
      else if (!isReadable) lacks(symbol, 'unreadable');
      else if (request.fromId === undefined) lacks(symbol, 'never-traded');
      return trades;
    },
    unreadable: (payload) => lacks(symbolIn.exec(payload)?.[1] ?? '', 'unreadable'),
    came: (symbol) => void known.delete(symbol),
    of: (symbol) => known.get(symbol),
    forget: (symbol) => void known.delete(symbol),
  };
};
