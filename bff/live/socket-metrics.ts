import type { Metrics } from '@tickfolio/lib/telemetry';

/** What client sockets tell of themselves. No label grows with users or symbols. */
export const createSocketMetrics = (metrics: Metrics) => ({
  sockets: metrics.gauge({ name: 'sockets', help: 'Open client sockets' }),
  users: metrics.gauge({ name: 'live_users', help: 'Users with at least one open socket' }),
  bufferedBytes: metrics.gauge({
    name: 'socket_buffered_bytes',
    help: 'Bytes that wait in this process for slow clients, all sockets',
  }),
  maxBufferedBytes: metrics.gauge({ name: 'socket_buffered_max_bytes', help: 'The same, of the slowest client' }),
  pushes: metrics.counter({ name: 'pushes_total', help: 'Portfolio frames sent' }),
  skipped: metrics.counter({
    name: 'pushes_skipped_total',
    help: 'Frames not sent because the client was behind; it gets a newer one later',
  }),
  closes: metrics.counter({
    name: 'socket_closes_total',
    help: 'Sockets closed by the server',
    labelNames: ['code'] as const,
  }),
  refusedMessages: metrics.counter({
    name: 'socket_refused_messages_total',
    help: 'Messages of clients that were no valid request',
  }),
  opens: metrics.counter({ name: 'sockets_opened_total', help: 'Client sockets that were taken' }),
  pushDelay: metrics.histogram({
    name: 'push_delay_seconds',
    help: 'From a price or a change being noticed here to its frame being built and written',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1],
  }),
});

export type SocketMetrics = ReturnType<typeof createSocketMetrics>;
