import type { AggTrade, Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { z } from '@tickfolio/lib/config';
import { AppError } from '@tickfolio/lib/errors';

const id = z.number().int().nonnegative();
const decimal = z.string().regex(/^\d{1,40}(\.\d{1,40})?$/);

const trades = z.array(z.object({ a: id, p: decimal, q: decimal, f: id, l: id, T: id, m: z.boolean() })).max(1_000);

const unreadable = (what: string, cause: unknown) =>
  new AppError('unavailable', `The exchange sent ${what} that cannot be read.`, { cause });

/** Oldest first, ids ascending. @throws AppError when any row is not as documented: a page with a row missing would look complete. */
export const readAggTrades = (body: unknown): AggTrade[] => {
  const read = trades.safeParse(body);
  if (!read.success) throw unreadable('trades', read.error);
  const rows = read.data.map(({ a, p, q, f, l, T, m }) => ({
    id: a,
    price: p,
    quantity: q,
    firstTradeId: f,
    lastTradeId: l,
    tradeTimeMs: T,
    buyerIsMaker: m,
  }));
  return rows.sort((one, other) => one.id - other.id);
};

const text = z.string().min(1).max(64);
const listed = z.object({
  symbol: text,
  status: text,
  baseAsset: text,
  quoteAsset: text,
  filters: z.array(z.record(z.string(), z.unknown())).default([]),
});

const filterValue = (filters: readonly Record<string, unknown>[], type: string, field: string): string => {
  const value = filters.find((filter) => filter.filterType === type)?.[field];
  return typeof value === 'string' && decimal.safeParse(value).success ? value : '0';
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
