import { add, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { readTrade } from '../market/read-trade.js';
import type { TradeHistory } from '../market/socket-client.js';
import { replay } from '../matching/replay.js';
import type { MatchedOrder, TapeTrade } from '../rules/order.js';
import { matchedOrder } from '../store/order-plan.js';
import type { FillRow, OrderRow } from '../store/records.js';

/** An order with what is stored of it. */
export interface StoredFills {
  readonly order: OrderRow;
  readonly fills: readonly FillRow[];
  /** Of other orders of its portfolio, by the same trades. */
  readonly others: readonly Pick<FillRow, 'tradeId' | 'quantity'>[];
  /** How often the exchange has begun its numbers anew by now; absent: not since the order counts. */
  readonly epoch?: number;
}

export interface FillAudit {
  /** Whether it was filled again from public trades; else those that its fills name were looked at. */
  readonly isReplayed: boolean;
  readonly looked: number;
  /** What differs, in words. */
  readonly differences: readonly string[];
}

const pageLimit = 1_000;
/** From so many before it was accepted, both sides have printed. */
const before = 1_000;

const lineOf = (fill: { tradeId: number | null; price: string; quantity: string; maker: boolean }): string =>
  `${fill.quantity} at ${fill.price} by trade ${fill.tradeId}, ${fill.maker ? 'resting' : 'taking'}`;
const canonical = (amount: string): string => formatDecimal(parseDecimal(amount));
const storedLine = ({ tradeId, price, quantity, maker }: FillRow): string =>
  lineOf({ tradeId, maker, price: canonical(price), quantity: canonical(quantity) });

/** Of trades by their number, what others of the portfolio had before it; of one that gave it nothing, all they had. */
const takenByOthers = ({ fills, others }: StoredFills) => {
  const taken = new Map<number, ReturnType<typeof parseDecimal>>();
  for (const { tradeId, quantity } of others) {
    if (tradeId === null) continue;
    const sum = taken.get(tradeId);
    const more = parseDecimal(quantity);
    taken.set(tradeId, sum ? add(sum, more) : more);
  }
  for (const { tradeId, takenBefore } of fills)
    if (tradeId !== null) taken.set(tradeId, parseDecimal(takenBefore ?? '0'));
  return taken;
};

/** Holds fills against the exchange's public history. */
export const createFillAudit = ({ history }: { readonly history: Pick<TradeHistory, 'trades'> }) => {
  const range = async (symbol: string, fromId: number, toId: number, signal: AbortSignal) => {
    const all: TapeTrade[] = [];
    for (let next = fromId; next <= toId; ) {
      const rows = await history.trades(symbol, next, pageLimit, signal);
      const last = rows.at(-1);
      if (!last) break;
      all.push(...rows.filter(({ id }) => id <= toId).map(readTrade));
      next = last.id + 1;
    }
    return all;
  };
  const replayed = async (
    stored: StoredFills,
    order: MatchedOrder,
    toId: number,
    signal: AbortSignal,
  ): Promise<FillAudit> => {
    const fromId = Math.max(0, order.acceptedAfterTrade - before + 1);
    const trades = await range(stored.order.symbol, fromId, toId, signal);
    const { endedAfterTrade } = stored.order;
    const again = replay({
      orders: [{ order, ...(endedAfterTrade === null ? {} : { endedAfterTrade }) }],
      trades,
      watermarkMs: trades.at(-1)?.timeMs ?? 0,
      takenByOthers: takenByOthers(stored),
    }).map(({ trade, price, quantity, maker }) =>
      lineOf({ tradeId: trade.id, price: formatDecimal(price), quantity: formatDecimal(quantity), maker }),
    );
    const kept = stored.fills.map(storedLine);
    return {
      isReplayed: true,
      looked: trades.length,
      differences: [
        ...kept.filter((line) => !again.includes(line)).map((line) => `stored, but not by public trades: ${line}`),
        ...again.filter((line) => !kept.includes(line)).map((line) => `by public trades, but not stored: ${line}`),
      ],
    };
  };
  const named = async ({ order, fills, epoch = order.epoch }: StoredFills, signal: AbortSignal): Promise<FillAudit> => {
    const differences: string[] = [];
    // Of before the exchange began its numbers anew nobody can look any more.
    const known = fills.filter((fill) => fill.epoch === epoch);
    for (const fill of known) {
      if (fill.tradeId === null) continue;
      const row = (await history.trades(order.symbol, fill.tradeId, 1, signal))[0];
      const trade = row?.id === fill.tradeId ? readTrade(row) : undefined;
      const isSame =
        trade !== undefined &&
        formatDecimal(trade.price) === canonical(fill.tradePrice ?? '0') &&
        formatDecimal(trade.quantity) === canonical(fill.tradeQuantity ?? '0') &&
        trade.buyerIsMaker === fill.buyerIsMaker &&
        trade.timeMs === fill.tradedAt.getTime();
      if (!isSame) differences.push(`another trade, or none: ${storedLine(fill)}`);
    }
    return { isReplayed: false, looked: known.length, differences };
  };
  /** @param maxTrades where more lie between its beginning and its end, only the trades of its fills are looked at */
  return async (stored: StoredFills, maxTrades: number, signal: AbortSignal): Promise<FillAudit> => {
    const order = matchedOrder(stored.order);
    if (!order) return { isReplayed: true, looked: 0, differences: [] };
    const lastFill = stored.fills.reduce(
      (most, { tradeId }) => Math.max(most, tradeId ?? -1),
      order.acceptedAfterTrade,
    );
    const toId = stored.order.endedAfterTrade ?? lastFill;
    // Over a gap nobody can say what lay in it.
    const isNumbered = stored.order.epoch === (stored.epoch ?? stored.order.epoch);
    const isWhole = isNumbered && stored.order.gap === null && toId - order.acceptedAfterTrade <= maxTrades;
    return isWhole ? replayed(stored, order, toId, signal) : named(stored, signal);
  };
};
