import type { AggregatorClient, BffDeps } from '@tickfolio/bff/app';
import { playedNeighbours } from '@tickfolio/bff/kit/neighbours';
import { standInAuth } from '@tickfolio/bff/kit/stand-in-auth';

/** Nobody signs in. */
export const standInNeighbours: BffDeps['neighbours'] = playedNeighbours({ auth: standInAuth });

/** Has these symbols, in USDT, and takes every demand. @param exchangeNow what time the exchange has, where that matters */
export const standInAggregator = (symbols: readonly string[], exchangeNow?: () => number): AggregatorClient => ({
  demand: async () => ({
    symbolsRevision: 'bench',
    simulated: false,
    exchangeTimeMs: exchangeNow?.(),
    feeds: new Map(),
    lastPrices: new Map(),
  }),
  symbols: async () => ({
    revision: 'bench',
    simulated: false,
    symbols: symbols.map((symbol) => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' })),
  }),
});
