import type { Clock } from '@tickfolio/lib/clock';
import { readTrade } from '../market/read-trade.js';
import type { TradeHistory } from '../market/socket-client.js';
import type { TapeTrade } from '../rules/order.js';

/** So many trades have nearly always printed both sides. */
const trades = 1_000;
/** Somebody waits for a price. */
const waitMs = 1_000;

/** What was traded just before a trade. Nothing stands on it but which side printed what: it may be away. */
export const createTradesBefore =
  ({
    history,
    clock,
    symbol,
  }: {
    readonly history: TradeHistory;
    readonly clock: Pick<Clock, 'after'>;
    readonly symbol: string;
  }) =>
  async (tradeId: number): Promise<readonly TapeTrade[]> => {
    const fromId = Math.max(0, tradeId - trades);
    if (fromId >= tradeId) return [];
    const late = new AbortController();
    const timer = clock.after(waitMs, () => late.abort());
    try {
      const rows = await history.trades(symbol, fromId, tradeId - fromId, late.signal);
      return rows.filter(({ id }) => id < tradeId).map(readTrade);
    } catch {
      return [];
    } finally {
      timer.cancel();
    }
  };
