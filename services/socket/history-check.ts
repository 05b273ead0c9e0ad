import { toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { Feed } from './feed.js';
import type { IsBehind } from './missed-trades.js';

export interface HistoryCheckDeps {
  readonly log: Logger;
  /** When the symbol was traded last, by the exchange's history, epoch milliseconds; undefined where it was not. @throws AppError */
  readonly lastTradeMs: (symbol: string) => Promise<number | undefined>;
  readonly feedOf: (name: string) => Pick<Feed, 'symbol' | 'lastEventMs'> | undefined;
}

/** A mini-ticker shows a trade up to a second after it, and has a time of its own. */
const shownAfterMs = 1_000;

/** Holds the last frame of a stream against the exchange's history, which is never ahead of the stream. */
export const createHistoryCheck =
  ({ log, lastTradeMs, feedOf }: HistoryCheckDeps): IsBehind =>
  async (name) => {
    const { symbol, lastEventMs } = feedOf(name) ?? {};
    if (symbol === undefined || lastEventMs === undefined) return undefined;
    try {
      const tradedMs = await lastTradeMs(symbol);
      return tradedMs !== undefined && tradedMs > lastEventMs + shownAfterMs;
    } catch (err) {
      log.debug({ stream: name, reason: toAppError(err).message }, 'whether a silent stream misses trades cannot be asked');
      return undefined;
    }
  };
