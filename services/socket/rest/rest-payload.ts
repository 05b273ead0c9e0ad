import type { AggTrade, Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { z } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';
import { tradeFault, tradeFaults } from '@tickfolio/lib/market/agg-trade';
import { isMarketTime } from '@tickfolio/lib/market/market-time';
import { readOrderRules } from '../symbols/symbol-filters.js';

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

/** What was asked for. */
export interface PageAsked {
  /** First id, inclusive; absent: the latest. */
  readonly fromId: number | undefined;
  /** Rows at most. */
  readonly limit: number;
}

type Row = { readonly trade: AggTrade } | { readonly voidId?: number; readonly fault: string };

const readRow = (given: unknown): Row => {
  const { a, p, q, f, l, T, m } = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {};
  if (!isCount(a)) return { fault: 'it has no id' };
  const fault = tradeFault(p, q, f, l, m) ?? (isMarketTime(T) ? undefined : tradeFaults.time);
  if (fault !== undefined) return { voidId: a, fault };
  const [price, quantity, buyerIsMaker] = [String(p), String(q), m === true];
  return {
    trade: {
      id: a,
      price,
      quantity,
      firstTradeId: Number(f),
      lastTradeId: Number(l),
      tradeTimeMs: Number(T),
      buyerIsMaker,
    },
  };
};

const idOf = (row: Row | undefined) => (row === undefined ? undefined : 'trade' in row ? row.trade.id : row.voidId);

/**
 * The ids of rows that do not say theirs, where their place shows them: ids go on by one, so what stands between two
 * that are known has those between, and a page that is full or that was asked for from an id has them up to its ends.
 * @returns undefined where it does not
 */
const idsByPlace = (rows: readonly Row[], { fromId = 0, limit }: PageAsked): (number | undefined)[] => {
  const ids = rows.map(idOf);
  // What the exchange answers first is the first that it has from there on: if it is a later one, there is nothing to
  // be had for this one.
  if (rows.length === 1 && limit === 1 && fromId > 0) return [fromId];
  for (let at = 0; at < ids.length; ) {
    let end = at;
    while (end < ids.length && ids[end] === undefined) end += 1;
    const before = ids[at - 1];
    const after = ids[end];
    const count = end - at;
    const first = before === undefined ? (after ?? 0) - count : before + 1;
    const isPlain =
      after === undefined ? rows.length === limit && before !== undefined : first + count === after && first >= fromId;
    if (isPlain) for (let nth = 0; nth < count; nth++) ids[at + nth] = first + nth;
    at = end + 1;
  }
  return ids;
};

/**
 * A row that cannot be used costs itself, not its page. @throws AppError when this is no page, or no row of it has its
 * id
 */
export const readAggTrades = (body: unknown, asked: PageAsked): TradePage => {
  const read = z.array(z.unknown()).max(rowMax).safeParse(body);
  if (!read.success) throw unreadable('trades', read.error);
  const rows = read.data.map(readRow);
  const ids = idsByPlace(rows, asked);
  const trades: AggTrade[] = [];
  const voidIds: number[] = [];
  const faults: string[] = [];
  for (const [at, row] of rows.entries()) {
    const id = ids[at];
    if ('trade' in row) trades.push(row.trade);
    else {
      faults.push(row.fault);
      if (id !== undefined) voidIds.push(id);
    }
  }
  if (faults.length > 0 && trades.length + voidIds.length === 0) throw unreadable('trades', new Error(faults[0]));
  return {
    trades: trades.sort((one, other) => one.id - other.id),
    voidIds: voidIds.sort((one, other) => one - other),
    faults,
  };
};

const text = z.string().min(1).max(64);
const listed = z.object({
  symbol: text,
  status: text,
  baseAsset: text,
  quoteAsset: text,
  filters: z.unknown().optional(),
  baseAssetPrecision: z.unknown().optional(),
  quoteAssetPrecision: z.unknown().optional(),
  quotePrecision: z.unknown().optional(),
  orderTypes: z.unknown().optional(),
});

/** What the exchange lists. */
export interface ReadSymbols {
  /** Sorted by symbol. */
  readonly symbols: readonly ListedSymbol[];
  /** Filters that cannot be read and were left out, such as `BTCUSDT LOT_SIZE.maxQty`. */
  readonly badFilters: readonly string[];
}

/** An entry that cannot be read is left out. @throws AppError when there is no list or nothing in it can be read. */
export const readSymbolList = (body: unknown): ReadSymbols => {
  const outer = z.object({ symbols: z.array(z.unknown()) }).safeParse(body);
  if (!outer.success) throw unreadable('a symbol list', outer.error);
  const symbols: ListedSymbol[] = [];
  const badFilters: string[] = [];
  for (const entry of outer.data.symbols) {
    const read = listed.safeParse(entry);
    if (!read.success) continue;
    const { symbol, status, baseAsset, quoteAsset, ...rest } = read.data;
    symbols.push({
      symbol: symbol.toLowerCase(),
      baseAsset,
      quoteAsset,
      status,
      paused: false, // That is told by more than one list.
      ...readOrderRules(rest, (what) => badFilters.push(`${symbol} ${what}`)),
    });
  }
  // An empty list would call every symbol unknown.
  if (!symbols.length) throw unreadable('a symbol list', undefined);
  symbols.sort((one, other) => (one.symbol < other.symbol ? -1 : one.symbol > other.symbol ? 1 : 0));
  return { symbols, badFilters };
};
