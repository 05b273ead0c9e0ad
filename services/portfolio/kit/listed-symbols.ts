import type { ListSymbolsResponse } from '@tickfolio/gen/market/v1';
import { AppError } from '@tickfolio/lib/errors';
import type { SocketClient } from '../app.js';

type Listed = ListSymbolsResponse['symbols'][number];

/** @param text such as `BTC/USDT`, `LUNA/USDT BREAK`, `BTC/EUR BREAK paused` */
export const listedAs = (text: string): Listed => {
  const [pair = '', status = 'TRADING', paused] = text.split(' ');
  const [baseAsset = '', quoteAsset = ''] = pair.split('/');
  const symbol = `${baseAsset}${quoteAsset}`.toLowerCase();
  const rules = { tickSize: '0.01', stepSize: '0.01', orderTypes: [] };
  return { symbol, baseAsset, quoteAsset, status, ...rules, paused: paused !== undefined };
};

/** What the exchange lists from now on, as the test says it. */
export interface FakeExchange {
  isAway: boolean;
  simulated: boolean;
  /** As `listedAs` has them. */
  pairs: readonly string[];
}

/** A socket service that lists what a test says, and can be away. @param pairs as `listedAs` has them */
export const createFakeSocket = (...pairs: readonly string[]) => {
  const state: FakeExchange = { isAway: false, simulated: false, pairs };
  /** Of each call: the revision that was known. */
  const asked: string[] = [];
  const requireThere = () => {
    if (state.isAway) throw new AppError('unavailable', 'The socket service cannot be reached at the moment.');
  };
  const socket: SocketClient = {
    symbols: async (knownRevision) => {
      asked.push(knownRevision);
      requireThere();
      const symbols = state.pairs.map(listedAs);
      const revision = JSON.stringify([state.simulated, symbols]);
      return { revision, simulated: state.simulated, symbols: revision === knownRevision ? [] : symbols };
    },
    check: async () => {
      requireThere();
      return undefined;
    },
  };
  return { socket, state, asked };
};
