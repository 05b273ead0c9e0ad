import type { Watchlist } from '@tickfolio/gen/portfolio/v1/watchlist';
import { AppError } from '@tickfolio/lib/errors';
import type { WatchlistClient } from '../watchlist/watchlist-client.js';

const maxSymbols = 200;
const beganMs = Date.UTC(2026, 10, 29, 10);

/** Watchlists that are kept in memory. They refuse as the real ones do. */
export const createFakeWatchlists = () => {
  const kept = new Map<string, Watchlist>();
  const state = {
    /** Nobody answers. */
    down: false,
    /** How often a list was read. */
    reads: 0,
    /** What is changed is changed, and the answer does not come. */
    loses: false,
  };
  const listOf = (userId: string): Watchlist => {
    if (state.down) throw new AppError('unavailable', 'Nobody answers.', { retryAfterMs: 1_000 });
    return kept.get(userId) ?? { version: 0, symbols: [] };
  };
  const keep = (userId: string, symbols: Watchlist['symbols']): Watchlist => {
    const list = { version: listOf(userId).version + 1, symbols };
    kept.set(userId, list);
    if (state.loses) throw new AppError('unavailable', 'No answer came.', { retryAfterMs: 1_000 });
    return list;
  };
  const client: WatchlistClient = {
    watched: async (userId) => {
      state.reads += 1;
      return listOf(userId);
    },
    watch: async ({ userId }, symbol, asset) => {
      const list = listOf(userId);
      if (list.symbols.some((watched) => watched.symbol === symbol)) return list;
      if (list.symbols.length >= maxSymbols)
        throw new AppError('failed_precondition', 'No more.', { problem: 'limit-reached' });
      return keep(userId, [...list.symbols, { symbol, asset, addedAtMs: beganMs + list.version * 1_000 }]);
    },
    unwatch: async ({ userId }, symbol) => {
      const list = listOf(userId);
      const left = list.symbols.filter((watched) => watched.symbol !== symbol);
      return left.length === list.symbols.length ? list : keep(userId, left);
    },
    check: async () => undefined,
    close: () => undefined,
  };
  return { client, state, keep };
};
