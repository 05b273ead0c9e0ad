import type { MiniTicker } from '@tickfolio/gen/market/v1';
import { isMarketTime } from '@tickfolio/lib/market/market-time';
import { tickerFault } from '@tickfolio/lib/market/ticker-figures';

/** The one stream that tells of all symbols: an array of mini-tickers, of those that changed within the last second. */
export const allTickersStream = '!miniTicker@arr';

/** Leaves out what is no mini-ticker, or one whose figures cannot be read. */
export const readTickerArray = (items: readonly unknown[]): MiniTicker[] =>
  items.flatMap((item) => {
    const { e, E, s, c, o, h, l, v, q } = (typeof item === 'object' && item !== null ? item : {}) as Readonly<
      Record<string, unknown>
    >;
    const isTicker = e === '24hrMiniTicker' && typeof s === 'string' && isMarketTime(E);
    if (!isTicker || tickerFault({ c, o, h, l, v, q }) !== undefined) return [];
    const [close, open, high, low, volume, quoteVolume] = [c, o, h, l, v, q].map(String) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return [{ symbol: s.toLowerCase(), eventTimeMs: E, close, open, high, low, volume, quoteVolume }];
  });
