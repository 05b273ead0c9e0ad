import type { Listing } from '../market/price-source.js';
import { badCombination, illegal, invalidSymbol, missing } from './api-error.js';

/** One request's parameters, read as the exchange reads them. Every reader throws ApiError for what it refuses. */
export interface Query {
  text(name: string): string | undefined;
  /** A whole number from 0. */
  long(name: string): number | undefined;
  /** Epoch milliseconds; microseconds are understood by their size. */
  timeMs(name: string): number | undefined;
  /** At most `max`; more is cut to it. */
  limit(fallback: number, max: number): number;
  listing(): Listing;
  /** By `symbol`, by `symbols=["A","B"]`, or all. */
  selected(): { readonly listings: readonly Listing[]; readonly by: 'symbol' | 'symbols' | 'all' };
}

const symbolRange = '^[A-Z0-9-_.]{1,20}$';
const symbolPattern = /^[\p{L}\p{N}\-_.]{1,20}$/u;
const microsecondsFrom = 100_000_000_000_000;

export const createQuery = (params: URLSearchParams, listings: ReadonlyMap<string, Listing>): Query => {
  const text = (name: string) => params.get(name) || undefined;
  const long = (name: string): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,16}$/.test(value) || !Number.isSafeInteger(Number(value))) throw illegal(name, '^[0-9]{1,20}$');
    return Number(value);
  };
  const find = (symbol: string): Listing => {
    if (!symbolPattern.test(symbol) || symbol !== symbol.toUpperCase()) throw illegal('symbol', symbolRange);
    const listing = listings.get(symbol);
    if (!listing) throw invalidSymbol();
    return listing;
  };
  const listOf = (value: string): readonly Listing[] => {
    const range = '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\\]$';
    let names: unknown;
    try {
      names = JSON.parse(value);
    } catch {
      throw illegal('symbols', range);
    }
    if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string'))
      throw illegal('symbols', range);
    return names.map(find);
  };
  return {
    text,
    long,
    timeMs: (name) => {
      const value = long(name);
      return value !== undefined && value >= microsecondsFrom ? Math.floor(value / 1_000) : value;
    },
    limit: (fallback, max) => {
      const value = long('limit') ?? fallback;
      if (value === 0) throw illegal('limit', '^[1-9][0-9]{0,}$');
      return Math.min(value, max);
    },
    listing: () => {
      const symbol = text('symbol');
      if (symbol === undefined) throw missing('symbol');
      return find(symbol);
    },
    selected: () => {
      const symbol = text('symbol');
      const symbols = text('symbols');
      if (symbol !== undefined && symbols !== undefined) throw badCombination();
      if (symbol !== undefined) return { listings: [find(symbol)], by: 'symbol' };
      if (symbols !== undefined) return { listings: listOf(symbols), by: 'symbols' };
      return { listings: [...listings.values()], by: 'all' };
    },
  };
};
