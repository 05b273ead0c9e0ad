import type { MiniTicker } from '@tickfolio/gen/market/v1';
import { canonical } from '@tickfolio/lib/money';
import { createMarketArchive } from '../archive/market-archive.js';
import { createFilledCandles } from '../exchange/filled-candles.js';
import { createKeptListings } from '../market/kept-listings.js';
import type { BffModule } from '../module.js';
import type { Shared } from '../shared.js';
import { basisRoutes } from './basis-routes.js';
import { candleRoutes } from './candle-routes.js';
import { createHeldMarkets } from './held/held-markets.js';
import { heldValueRoutes } from './held/held-value-routes.js';
import { createHeldValues } from './held/held-values.js';
import { historyRoutes } from './history-routes.js';
import { createKeptPrices } from './kept-prices.js';
import { createValueHistory, type ValueHistory } from './value-history.js';
import { createValuePartitions } from './value-partitions.js';
import { createValueRecorder } from './value-recorder.js';
import { createValueRetention } from './value-retention.js';
import { createValueRounds } from './value-rounds.js';
import { valueRoutes } from './value-routes.js';

/** Writes down what portfolios are worth, and forgets what is old. */
const startRecording = (
  { deps, portfolios, market: { exchange, kind }, prices, demand }: Shared,
  history: ValueHistory,
) => {
  const { postgres, priceBus, clock, log } = deps;
  const recorder = createValueRecorder({
    history,
    rounds: createValueRounds(postgres.db),
    portfolios,
    board: prices.board,
    priceBus,
    kept: createKeptPrices(postgres.db),
    kind: () => (demand.check() === undefined ? kind.now() : undefined),
    clock,
    exchange,
    log,
  });
  const retention = createValueRetention({
    partitions: createValuePartitions(postgres.db, clock),
    history,
    clock,
    exchange,
    log,
  });
  return {
    close: () => {
      retention.close();
      return recorder.close();
    },
  };
};

const dayOfTicker = ({ eventTimeMs, ...ticker }: MiniTicker) => ({
  atMs: eventTimeMs,
  open: canonical(ticker.open),
  high: canonical(ticker.high),
  low: canonical(ticker.low),
  base: canonical(ticker.volume),
  quote: canonical(ticker.quoteVolume),
});

/** What portfolios were worth, and what coins cost. */
export const history: BffModule = {
  tag: 'profile',
  prefix: '/api/v1',
  register: async (scope, shared) => {
    const { deps, options, sessions, turns, portfolios, views, findView, market } = shared;
    const values = createValueHistory(deps.postgres.db, deps.time);
    const recording = startRecording(shared, values);
    scope.addHook('onClose', () => recording.close());
    const { symbols, lookup, exchangeTime: clock } = market;
    const archive = createMarketArchive({
      clickhouse: deps.clickhouse ?? (() => undefined),
      database: options.archiveDatabase,
      table: options.archiveTable,
      clock,
    });
    const keptListings = createKeptListings(deps.postgres.db);
    const reading = {
      verify: sessions.verify,
      ...turns,
      portfolios,
      held: createHeldMarkets({ portfolios, views, find: findView }),
      history: values,
      archive,
      kind: market.kind.now,
      clock,
    };
    await scope.register(historyRoutes, reading);
    await scope.register(basisRoutes, reading);
    const { klines, takePages, tickerBoard, lookUpPrices: lookUp } = shared;
    const isSimulated = () => market.kind.simulated;
    const filled = createFilledCandles({ klines, isSimulated, clock, log: deps.log });
    const tickerOf = (symbol: string) => {
      const ticker = tickerBoard.simulated === isSimulated() ? tickerBoard.of(symbol) : undefined;
      return ticker && dayOfTicker(ticker);
    };
    await scope.register(candleRoutes, { ...reading, symbols, lookup, keptListings, filled, takePages, tickerOf });
    const exchangeNow = market.exchange.now;
    const heldValues = createHeldValues({ klines, takePages, lookUp, isSimulated, exchangeNow });
    await scope.register(heldValueRoutes, { ...reading, heldValues });
    await scope.register(valueRoutes, reading);
  },
};
