import { toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import type { StreamHistory } from '../pool/missed-trades.js';
import type { Feed } from './feed.js';

export interface HistoryCheckDeps {
  readonly log: Logger;
  /**
   * When the symbol was traded last, by the exchange's history, epoch milliseconds; undefined where it was not. @throws
   * AppError
   */
  readonly lastTradeMs: (symbol: string) => Promise<number | undefined>;
  readonly feedOf: (name: string) => Pick<Feed, 'symbol' | 'lastEventMs'> | undefined;
}

/** What a stream brought and what the exchange's history has of its symbol, which is never ahead of the stream. */
export const createHistoryCheck = ({ log, lastTradeMs, feedOf }: HistoryCheckDeps): Required<StreamHistory> => ({
  lastTradedMs: async (name) => {
    const symbol = feedOf(name)?.symbol;
    if (symbol === undefined) return undefined;
    try {
      return (await lastTradeMs(symbol)) ?? 0;
    } catch (err) {
      log.debug(
        { stream: name, reason: toAppError(err).message },
        'whether a silent stream misses trades cannot be asked',
      );
      return undefined;
    }
  },
  lastEventMs: (name) => feedOf(name)?.lastEventMs,
});
