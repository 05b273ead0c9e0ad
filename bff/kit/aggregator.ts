import { AppError } from '@tickfolio/lib/errors';
import type { AggregatorClient, Demanded, FeedState, FeedWord, SymbolEntry } from '../market/aggregator-client.js';

const listed = (symbol: string, quoteAsset: string, status = 'TRADING'): SymbolEntry => ({
  symbol,
  quoteAsset,
  status,
});

export const testSymbols: readonly SymbolEntry[] = [
  listed('btcusdt', 'USDT'),
  listed('ethusdt', 'USDT'),
  listed('bnbusdt', 'USDT'),
  listed('dogeusdt', 'USDT'),
  listed('ethbtc', 'BTC'),
  listed('bnbeth', 'ETH'),
  listed('usdttry', 'TRY'),
  listed('oldusdt', 'USDT', 'BREAK'),
  listed('btcold', 'OLD'),
  listed('pausedusdt', 'USDT', 'HALT'),
];

/** An aggregator that answers from what the test sets. */
export const createFakeAggregator = () => {
  const fake = {
    symbols: testSymbols as readonly SymbolEntry[],
    /** Empty while it has no symbol list. */
    revision: 'r1',
    simulated: false,
    down: false,
    feeds: new Map<string, FeedState>(),
    /** Why prices do not come, by symbol. */
    noPrices: new Map<string, FeedWord['noPrice']>(),
    exchangeTimeMs: undefined as number | undefined,
    /** What the exchange lists when it is asked again. */
    coming: [] as SymbolEntry[],
    /** How often it was. */
    looks: 0,
    lastPrices: new Map<string, { price: string; timeMs: number; tradeId: number }>(),
    shares: undefined as Demanded['shares'],
    aggregators: new Map<string, string | undefined>(),
    /** Every set that was told, oldest first. */
    told: [] as (readonly string[])[],
  };
  const answer = <T>(value: T): T => {
    if (fake.down) throw new AppError('unavailable', 'The aggregator does not answer.');
    return value;
  };
  const client: AggregatorClient = {
    demand: async (symbols): Promise<Demanded> => {
      answer(undefined);
      fake.told.push(symbols);
      const { revision: symbolsRevision, simulated, exchangeTimeMs, lastPrices, shares, aggregators } = fake;
      const feeds = new Map([...fake.feeds].map(([symbol, state]): [string, FeedWord] => [symbol, { state }]));
      for (const [symbol, noPrice] of fake.noPrices)
        feeds.set(symbol, { state: feeds.get(symbol)?.state ?? 'live', noPrice });
      return { symbolsRevision, simulated, exchangeTimeMs, feeds, lastPrices, shares, aggregators };
    },
    symbols: async (_requestId, fresh) => {
      if (fresh) {
        fake.looks += 1;
        if (fake.coming.length > 0) fake.revision += '+';
        fake.symbols = [...fake.symbols, ...fake.coming.splice(0)];
      }
      return answer({ revision: fake.revision, simulated: fake.simulated, symbols: fake.symbols });
    },
  };
  return { fake, client };
};
