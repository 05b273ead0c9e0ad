import type { BarHistory } from '../bars/bar-history.js';
import type { SymbolSpec, SymbolStatus } from './symbols.js';
import type { TimeUnit, Trade } from './trade.js';
import type { TradeHistory } from './trade-history.js';

/** A symbol with what happened on it. */
export interface Listing {
  readonly spec: SymbolSpec;
  /** Can be changed on command; only TRADING symbols trade. */
  status: SymbolStatus;
  /** During maintenance, what the status is again after it. */
  resumesAs?: SymbolStatus | undefined;
  readonly trades: TradeHistory;
  readonly bars: BarHistory;
  /** Set by every trade, cleared by whoever publishes the ticker. */
  tickerIsDue: boolean;
}

export interface SourceSink {
  trade(listing: Listing, trade: Trade): void;
  /** A frame of another stream, which only recordings have; the source knows its text. */
  frame(stream: string, text: (unit: TimeUnit) => string): void;
}

/** Where trades come from: a made-up market or a recording. */
export interface PriceSource {
  /** By symbol in upper case, in the exchange's order. */
  readonly listings: ReadonlyMap<string, Listing>;
  /** Lets everything happen that is due at `nowMs`. Time never goes back; a call for an earlier time does nothing. */
  advance(nowMs: number, sink: SourceSink): void;
  /** Takes a symbol (upper case) off the list. @returns false when it is not listed */
  delist(symbol: string): boolean;
  /** Lists a symbol that is not, without a past. @throws AppError failed_precondition where that cannot be */
  list(spec: SymbolSpec, nowMs: number): Listing;
  /**
   * Counts a symbol's trades anew from an id on. @returns false when it is not listed. @throws AppError
   * failed_precondition likewise
   */
  renumber(symbol: string, fromId: number): boolean;
  /** @param perSecond about so many trades; undefined: as many as usual. @returns and @throws like `renumber` */
  setRate(symbol: string, perSecond: number | undefined): boolean;
}

/** Notes a trade wherever the listing keeps it. */
export const noteTrade = (listing: Listing, trade: Trade): void => {
  listing.trades.add(trade);
  listing.bars.add(trade.timeMs, trade.ticks, trade.lots, trade.lastId - trade.firstId + 1, !trade.buyerIsMaker);
  listing.tickerIsDue = true;
};
