import type { AggregatorClient, AuthClient, BffDeps } from '@tickfolio/bff/app';
import { playedNeighbours } from '@tickfolio/bff/kit/neighbours';
import { AppError } from '@tickfolio/lib/errors';

const noCall = async () => {
  throw new AppError('unavailable', 'There is no such service in a benchmark.');
};

/** Whoever brings a token is signed in, and nobody signs in. */
const standInAuth: AuthClient = {
  register: noCall,
  login: noCall,
  refresh: noCall,
  logout: noCall,
  logoutEverywhere: noCall,
  isSessionOpen: async () => true,
  endedSessions: async () => ({ sessionIds: [], next: '', asOfMs: 0 }),
  check: async () => undefined,
  close: () => undefined,
};
export const standInNeighbours: BffDeps['neighbours'] = playedNeighbours({ auth: standInAuth });

/** Has these symbols, in USDT, and takes every demand. */
export const standInAggregator = (symbols: readonly string[]): AggregatorClient => ({
  demand: async () => ({ symbolsRevision: 'bench', simulated: false, feeds: new Map(), lastPrices: new Map() }),
  symbols: async () => ({
    revision: 'bench',
    simulated: false,
    symbols: symbols.map((symbol) => ({ symbol, quoteAsset: 'USDT', status: 'TRADING' })),
  }),
});
