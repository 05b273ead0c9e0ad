/**
 * What happened in one minute (or in several put together). Prices in ticks, volumes in lots, quote volumes in ticks ×
 * lots.
 */
export interface Bar {
  readonly openMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  /** Single trades. */
  count: number;
  volume: bigint;
  quote: bigint;
  /** The part that takers bought. */
  takerVolume: bigint;
  takerQuote: bigint;
}

/** A bar without a trade, standing at `close`. */
export const emptyBar = (openMs: number, close: number): Bar => ({
  openMs,
  open: close,
  high: close,
  low: close,
  close,
  count: 0,
  volume: 0n,
  quote: 0n,
  takerVolume: 0n,
  takerQuote: 0n,
});

/** Adds a later bar to an earlier one. */
export const mergeBar = (into: Omit<Bar, 'openMs'>, later: Omit<Bar, 'openMs'>): void => {
  if (into.count === 0) {
    into.open = later.open;
    into.high = later.high;
    into.low = later.low;
  }
  into.high = Math.max(into.high, later.high);
  into.low = Math.min(into.low, later.low);
  into.close = later.close;
  into.count += later.count;
  into.volume += later.volume;
  into.quote += later.quote;
  into.takerVolume += later.takerVolume;
  into.takerQuote += later.takerQuote;
};
