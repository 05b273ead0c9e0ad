/** What is watched. */
export const en = {
  lists: 'Which markets',
  listNames: { all: 'All', watchlist: 'Watchlist' },
  watch: (name: string) => `Watch ${name}`,
  unwatch: (name: string) => `Watch ${name} no more`,
  notWatched: (name: string) => `${name} was not put on your watchlist`,
  notUnwatched: (name: string) => `${name} is still on your watchlist`,
  watchlistFull: 'There are 200 on it already; take one off first.',
  nothingWatched: 'You watch nothing yet. The star beside a market puts it here.',
  allMarkets: 'All markets',
  untraded: 'Not traded at the moment',
};

export type WatchlistTexts = typeof en;
