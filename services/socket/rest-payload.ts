import type { AggTrade, Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { z } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';
import { tradeFault, tradeFaults } from '@tickfolio/lib/market/agg-trade';
import { isMarketTime } from '@tickfolio/lib/market/market-time';
import { amountKind } from '@tickfolio/lib/money';

const rowMax = 1_000;

const unreadable = (what: string, cause: unknown) =>
  new AppError('unavailable', `The exchange sent ${what} that cannot be read.`, { cause });
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** One page of a symbol's trades. */
export interface TradePage {
  /** Oldest first, ids ascending. */
  readonly trades: readonly AggTrade[];
  /** Ids of rows that are no trades, ascending: the exchange has nothing else for them. */
  readonly voidIds: readonly number[];
  /** Why rows could not be used, one for each, in words of a small fixed set. */
  readonly faults: readonly string[];
}

type Row = { readonly trade: AggTrade } | { readonly voidId?: number; readonly fault: string };

const readRow = (given: unknown): Row => {
  const { a, p, q, f, l, T, m } = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  if (!isCount(a)) return { fault: 'it has no id' };
  const fault = tradeFault(p, q, f, l, m) ?? (isMarketTime(T) ? undefined : tradeFaults.time);
  if (fault !== undefined) return { voidId: a, fault };
  const [price, quantity, buyerIsMaker] = [String(p), String(q), m === true];
  return { trade: { id: a, price, quantity, firstTradeId: Number(f), lastTradeId: Number(l), tradeTimeMs: Number(T), buyerIsMaker } };
};

/** A row that cannot be used costs itself, not its page. @throws AppError when this is no page, or no row of it has its id */
export const readAggTrades = (body: unknown): TradePage => {
  const read = z.array(z.unknown()).max(rowMax).safeParse(body);
  if (!read.success) throw unreadable('trades', read.error);
  const trades: AggTrade[] = [];
  const voidIds: number[] = [];
  const faults: string[] = [];
  for (const row of read.data.map(readRow)) {
    if ('trade' in row) trades.push(row.trade);
    else {
      faults.push(row.fault);
      if (row.voidId !== undefined) voidIds.push(row.voidId);
    }
  }
  if (faults.length > 0 && trades.length + voidIds.length === 0) throw unreadable('trades', new Error(faults[0]));
  return { trades: trades.sort((one, other) => one.id - other.id), voidIds: voidIds.sort((one, other) => one - other), faults };
};

const text = z.string().min(1).max(64);
const listed = z.object({
  symbol: text,
  status: text,
  baseAsset: text,
  quoteAsset: text,
  filters: z.array(z.record(z.string(), z.unknown())).default([]),
});

const isDecimal = (value: unknown): value is string => ['positive', 'zero'].includes(amountKind(value));
const filterValue = (filters: readonly Record<string, unknown>[], type: string, field: string): string => {
  const value = filters.find((filter) => filter.filterType === type)?.[field];
  return isDecimal(value) ? value : '0';
};

/** Sorted by symbol; an entry that cannot be read is left out. @throws AppError when there is no list or nothing in it can be read. */
export const readSymbolList = (body: unknown): ListedSymbol[] => {
  const outer = z.object({ symbols: z.array(z.unknown()) }).safeParse(body);
  if (!outer.success) throw unreadable('a symbol list', outer.error);
  const symbols: ListedSymbol[] = [];
  for (const entry of outer.data.symbols) {
    const read = listed.safeParse(entry);
    if (!read.success) continue;
    const { symbol, status, baseAsset, quoteAsset, filters } = read.data;
    const tickSize = filterValue(filters, 'PRICE_FILTER', 'tickSize');
    symbols.push({
      symbol: symbol.toLowerCase(),
      baseAsset,
      quoteAsset,
      status,
      tickSize,
      stepSize: filterValue(filters, 'LOT_SIZE', 'stepSize'),
      paused: false, // That is told by more than one list.
    });
  }
  // An empty list would call every symbol unknown.
  if (!symbols.length) throw unreadable('a symbol list', undefined);
  return symbols.sort((one, other) => (one.symbol < other.symbol ? -1 : one.symbol > other.symbol ? 1 : 0));
};
