import type { Metrics } from '@tickfolio/lib/telemetry';

/** What the live part tells of itself. No label grows with users or symbols. */
export const createSocketMetrics = (metrics: Metrics) => ({
  sockets: metrics.gauge({ name: 'sockets', help: 'Open client sockets' }),
  users: metrics.gauge({ name: 'live_users', help: 'Users with at least one open socket' }),
  bufferedBytes: metrics.gauge({ name: 'socket_buffered_bytes', help: 'Bytes that wait in this process for slow clients, all sockets' }),
  maxBufferedBytes: metrics.gauge({ name: 'socket_buffered_max_bytes', help: 'The same, of the slowest client' }),
  pushes: metrics.counter({ name: 'pushes_total', help: 'Portfolio frames sent' }),
  skipped: metrics.counter({
    name: 'pushes_skipped_total',
    help: 'Frames not sent because the client was behind; it gets a newer one later',
  }),
  closes: metrics.counter({ name: 'socket_closes_total', help: 'Sockets closed by the server', labelNames: ['code'] as const }),
  refusedMessages: metrics.counter({ name: 'socket_refused_messages_total', help: 'Messages of clients that were no valid request' }),
  malformedPrices: metrics.counter({ name: 'price_messages_malformed_total', help: 'Messages on the price bus that could not be read' }),
  opens: metrics.counter({ name: 'sockets_opened_total', help: 'Client sockets that were taken' }),
  priceLag: metrics.histogram({
    name: 'price_lag_seconds',
    help: 'From a trade, by the exchange, to its price reaching this process, of every price newer than the one before',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10, 30, 60],
  }),
  pushDelay: metrics.histogram({
    name: 'push_delay_seconds',
    help: 'From a price or a change being noticed here to its frame being built and written',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1],
  }),
});

/** How many symbols are followed here, and of how many of them the price is stale; counted when somebody looks. */
export const showSymbols = (metrics: Metrics, symbols: () => Iterable<string>, isStale: (symbol: string) => boolean): void => {
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

export type SocketMetrics = ReturnType<typeof createSocketMetrics>;
