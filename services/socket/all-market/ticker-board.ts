import type { MiniTicker } from '@tickfolio/gen/market/v1';

/** The newest ticker of every symbol that was told of. */
export interface TickerBoard {
  /** Takes what the stream brought. @returns what is newer than what was known */
  take(tickers: readonly MiniTicker[]): readonly MiniTicker[];
  /** Takes what the exchange says of all symbols when it is asked; the stream knows better. @returns likewise */
  seed(tickers: readonly MiniTicker[]): readonly MiniTicker[];
  all(): MiniTicker[];
  clear(): void;
}

/** More than any exchange lists: what comes beyond is dropped. */
const maxSymbols = 20_000;

export const createTickerBoard = (): TickerBoard => {
  const known = new Map<string, { readonly ticker: MiniTicker; readonly isSeed: boolean }>();
  const put = (tickers: readonly MiniTicker[], isSeed: boolean) =>
    tickers.filter((ticker) => {
      const before = known.get(ticker.symbol);
      // An answer is dated by when it was asked for, so what streams in is compared with its like only.
      const isOlder = before !== undefined && before.ticker.eventTimeMs >= ticker.eventTimeMs;
      if (isOlder && (isSeed || !before.isSeed)) return false;
      if (!before && known.size >= maxSymbols) return false;
      known.set(ticker.symbol, { ticker, isSeed });
      return true;
    });
  return {
    take: (tickers) => put(tickers, false),
    seed: (tickers) => put(tickers, true),
    all: () => [...known.values()].map(({ ticker }) => ticker),
    clear: () => known.clear(),
  };
};
