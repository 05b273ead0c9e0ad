import type { MiniTicker, ReceiveAllMiniTickersResponse } from '@tickfolio/gen/market/v1';
import { StreamState } from '@tickfolio/gen/market/v1';

/** The last 24 hours of every symbol of the exchange, as they were told last. */
export interface TickerBoard {
  take(message: ReceiveAllMiniTickersResponse): void;
  /** Nothing comes any more. @param why in words */
  broke(why: string): void;
  all(): Iterable<MiniTicker>;
  of(symbol: string): MiniTicker | undefined;
  /** Whether prices are made up; undefined while nobody has said. */
  readonly simulated: boolean | undefined;
  /** Why what is known is old, in words; undefined while it is live. */
  readonly fault: string | undefined;
  /** Of the newest ticker, by the exchange's clock, epoch milliseconds; undefined while there is none. */
  readonly newestMs: number | undefined;
  /** Grows with every change. */
  readonly version: number;
}

export const createTickerBoard = (): TickerBoard => {
  const tickers = new Map<string, MiniTicker>();
  let simulated: boolean | undefined;
  let fault: string | undefined = 'nothing was told yet';
  let newestMs: number | undefined;
  let version = 0;

  const setFault = (next: string | undefined) => {
    if (next === fault) return;
    fault = next;
    version += 1;
  };
  return {
    take: (message) => {
      // A first message, which has the heartbeat, says of what kind all that follows is, or that nobody knows.
      const isSaid = message.simulated !== undefined || message.heartbeatMs !== undefined;
      if (isSaid && message.simulated !== simulated) {
        // Simulated and real prices never stand beside each other.
        tickers.clear();
        newestMs = undefined;
        simulated = message.simulated;
        version += 1;
      }
      for (const ticker of message.tickers) {
        tickers.set(ticker.symbol, ticker);
        newestMs = Math.max(newestMs ?? 0, ticker.eventTimeMs);
      }
      if (message.tickers.length > 0) version += 1;
      const { status } = message;
      if (status) setFault(status.state === StreamState.STREAM_STATE_LIVE ? undefined : status.detail);
    },
    broke: setFault,
    all: () => tickers.values(),
    of: (symbol) => tickers.get(symbol),
    get simulated() {
      return simulated;
    },
    get fault() {
      return fault;
    },
    get newestMs() {
      return newestMs;
    },
    get version() {
      return version;
    },
  };
};
