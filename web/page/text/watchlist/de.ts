import type { WatchlistTexts } from './en.js';

export const de: WatchlistTexts = {
  lists: 'Welche Märkte',
  listNames: { all: 'Alle', watchlist: 'Merkliste' },
  watch: (name) => `${name} merken`,
  unwatch: (name) => `${name} nicht mehr merken`,
  notWatched: (name) => `${name} kam nicht auf die Merkliste`,
  notUnwatched: (name) => `${name} steht noch auf der Merkliste`,
  watchlistFull: 'Es stehen schon 200 darauf; nimm zuerst einen Eintrag weg.',
  nothingWatched: 'Noch nichts gemerkt. Der Stern neben einem Markt bringt ihn hierher.',
  allMarkets: 'Alle Märkte',
  untraded: 'Zurzeit nicht gehandelt',
};
