import { type Decimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import type { HeldSymbol } from '../market/symbols.js';
import type { Listing } from '../prices/listing.js';
import type { PriceBoard } from '../prices/price-board.js';
import type { PriceFeed } from '../prices/price-feed.js';
import type { TickerBoard } from '../tickers/ticker-board.js';

/** What one of something costs. */
export interface MomentPrice {
  readonly usdt: Decimal;
  readonly timeText: string;
  readonly stale: boolean;
}

/** The newest price of a market; undefined where there is none. */
export type PriceOf = (market: HeldSymbol) => MomentPrice | undefined;

export interface MomentPricesDeps {
  readonly board: Pick<PriceBoard, 'listing'>;
  readonly feed: Pick<PriceFeed, 'follow' | 'release'>;
  /** Of all symbols, also of those that nobody here follows. */
  readonly tickers: Pick<TickerBoard, 'of' | 'fault' | 'simulated'>;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
  readonly exchangeNow: () => number;
  readonly staleAfterMs: number;
}

/** Looks prices up for one answer. Resolves when the last known ones were read, or could not be within a second. */
export type LookUpPrices = (markets: readonly HeldSymbol[]) => Promise<PriceOf>;

/** What was followed once is kept, and as old as its trade since nobody does. */
const newest = (own: MomentPrice | undefined, told: MomentPrice | undefined): MomentPrice | undefined =>
  own && (!own.stale || !told || (told.stale && told.timeText <= own.timeText)) ? own : told;

export const createMomentPrices = (deps: MomentPricesDeps): LookUpPrices => {
  const { board, feed, tickers, simulated, exchangeNow, staleAfterMs } = deps;
  const listingOf = ({ symbol, quoteAsset }: HeldSymbol) => board.listing(symbol, quoteAsset);
  const followed = ({ priceUsdt, reading, state }: Listing): MomentPrice | undefined =>
    priceUsdt && reading && { usdt: priceUsdt, timeText: reading.timeText, stale: state !== 'live' };
  /** By the last 24 hours, which have every market. */
  const told = ({ symbol, quoteAsset }: HeldSymbol): MomentPrice | undefined => {
    const ticker = tickers.of(symbol);
    const rate = quoteAsset === 'usdt' ? undefined : tickers.of(`${quoteAsset}usdt`);
    if (!ticker || (quoteAsset !== 'usdt' && !rate) || tickers.simulated !== simulated()) return undefined;
    const price = parseDecimal(ticker.close);
    const timeMs = Math.min(ticker.eventTimeMs, rate?.eventTimeMs ?? Number.POSITIVE_INFINITY);
    return {
      usdt: rate ? multiply(price, parseDecimal(rate.close)) : price,
      timeText: new Date(ticker.eventTimeMs).toISOString(),
      stale: tickers.fault !== undefined || exchangeNow() - timeMs > staleAfterMs,
    };
  };
  return async (markets) => {
    const listings = [...new Set(markets.map(listingOf))];
    const waits = listings.map((listing) => feed.follow(listing));
    try {
      await Promise.all(waits);
      const found = new Map(
        markets.map((market) => [market.symbol, newest(followed(listingOf(market)), told(market))]),
      );
      return ({ symbol }) => found.get(symbol);
    } finally {
      for (const listing of listings) feed.release(listing);
    }
  };
};
