import type { Clock } from '@tickfolio/lib/clock';
import { toAppError } from '@tickfolio/lib/errors';
import type { Logger } from '@tickfolio/lib/telemetry';
import { readTrade } from '../market/read-trade.js';
import type { TradeHistory } from '../market/socket-client.js';
import type { TapeTrade } from '../rules/order.js';

/** So many trades have nearly always printed both sides. */
const trades = 1_000;
/** Somebody waits for a price. */
const waitMs = 1_000;

/**
 * What was traded just before a trade. Nothing stands on it but which side printed what: where it cannot be had, that is
 * logged and counted, and both sides count as the first price that is known.
 */
export const createTradesBefore =
  ({
    history,
    clock,
    symbol,
    log,
    missed,
  }: {
    readonly history: TradeHistory;
    readonly clock: Pick<Clock, 'after'>;
    readonly symbol: string;
    readonly log: Pick<Logger, 'warn'>;
    /** Counts those that could not be had. */
    readonly missed: () => void;
  }) =>
  async (tradeId: number): Promise<readonly TapeTrade[]> => {
    const fromId = Math.max(0, tradeId - trades);
    if (fromId >= tradeId) return [];
    const late = new AbortController();
    const timer = clock.after(waitMs, () => late.abort());
    try {
      const rows = await history.trades(symbol, fromId, tradeId - fromId, late.signal);
      return rows.filter(({ id }) => id < tradeId).map(readTrade);
    } catch (thrown) {
      missed();
      const reason = late.signal.aborted ? `no answer within ${waitMs} ms` : toAppError(thrown).message;
      log.warn({ symbol, tradeId, reason }, 'what was traded before could not be had: both sides begin with one price');
      return [];
    } finally {
      timer.cancel();
    }
  };
