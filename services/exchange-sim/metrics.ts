import type { Metrics } from '@tickfolio/lib/telemetry';

export interface Watched {
  readonly connections: () => number;
  /** Pairs of a connection and a stream. */
  readonly subscriptions: () => number;
}

/** What the simulator tells of itself; served at `/metrics` beside the exchange's own addresses. */
export const createSimMetrics = (metrics: Metrics, { connections, subscriptions }: Watched) => {
  const observe = (name: string, help: string, read: () => number) =>
    metrics.gauge({
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  observe('connections_open', 'Open WebSocket connections', connections);
  observe('subscriptions', 'Streams that are listened to, counted once for every connection', subscriptions);
  return {
    trades: metrics.counter({ name: 'trades_total', help: 'Trades made, those before the first connection included' }),
    restCalls: metrics.counter({
      name: 'rest_requests_total',
      help: 'REST requests, those refused by a fault included',
    }),
  };
};
