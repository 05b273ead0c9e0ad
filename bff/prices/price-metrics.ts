import type { Metrics } from '@tickfolio/lib/telemetry';

/** What the prices that come here tell. No label grows with symbols. */
export const createPriceMetrics = (metrics: Metrics) => ({
  malformed: metrics.counter({
    name: 'price_messages_malformed_total',
    help: 'Messages on the price bus that could not be read',
  }),
  lag: metrics.histogram({
    name: 'price_lag_seconds',
    help: 'From a trade, by the exchange, to its price reaching this process, of every price newer than the one before',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10, 30, 60],
  }),
});

/** How many symbols are followed here, and of how many of them the price is stale; counted when somebody looks. */
export const showSymbols = (
  metrics: Metrics,
  symbols: () => Iterable<string>,
  isStale: (symbol: string) => boolean,
): void => {
  const count = (name: string, help: string, counts: (symbol: string) => boolean) =>
    metrics.gauge({
      name,
      help,
      collect() {
        this.set([...symbols()].filter(counts).length);
      },
    });
  count('symbols', 'Symbols followed for connected users, with those that convert to USDT', () => true);
  count('symbols_stale', 'Those of them whose price is old, missing, or of a feed that is broken', isStale);
};
