import { Type } from 'typebox';
import type { Body } from '../body.js';
import { maxSymbolLength, moment, next, symbolName, version } from '../fields.js';

export const WatchPath = Type.Object({
  symbol: Type.String({ minLength: 1, maxLength: maxSymbolLength, examples: ['btcusdt'] }),
});
/** What is watched, in the order in which it was added; over REST and over the WebSocket. */
export const WatchedSymbols = Type.Array(
  Type.Object({
    symbol: symbolName,
    asset: Type.String({ description: 'what it is of', examples: ['BTC'] }),
    addedAt: moment,
  }),
  { description: 'in the order in which they were added' },
);
export const WatchlistAnswer = Type.Object(
  { watchlist: WatchedSymbols, version: version('counts the changes of the list, and never falls'), next },
  { description: 'What is watched.' },
);
export type WatchlistAnswer = Body<typeof WatchlistAnswer>;
