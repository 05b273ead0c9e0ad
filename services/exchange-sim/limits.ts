/** What the exchange allows and when it acts; the defaults are its documented figures. */
export interface Limits {
  /** Pings, pongs and JSON messages a connection may send within any second. */
  readonly messagesPerSecond: number;
  readonly streamsPerConnection: number;
  /** Connection attempts of one address within `attemptWindowMs`. */
  readonly connectionAttempts: number;
  readonly attemptWindowMs: number;
  readonly pingIntervalMs: number;
  readonly pongTimeoutMs: number;
  /** A connection is cut at this age. */
  readonly connectionLifetimeMs: number;
  /** How long before a planned cut `serverShutdown` is sent; 0 sends none. The exchange promises no lead time. */
  readonly shutdownNoticeMs: number;
  /** Unsent bytes after which a connection that does not read is dropped. */
  readonly maxSendBufferBytes: number;
  /** Largest message a client may send. */
  readonly maxMessageBytes: number;
  /** Open connections altogether. */
  readonly maxConnections: number;
  /** REST request weight per minute and address. */
  readonly weightPerMinute: number;
  /** Requests answered 429 within a minute before the address is banned (418). */
  readonly refusalsBeforeBan: number;
  readonly banMs: number;
}

export const exchangeLimits: Limits = {
  messagesPerSecond: 5,
  streamsPerConnection: 1_024,
  connectionAttempts: 300,
  attemptWindowMs: 300_000,
  pingIntervalMs: 20_000,
  pongTimeoutMs: 60_000,
  connectionLifetimeMs: 86_400_000,
  shutdownNoticeMs: 10_000,
  maxSendBufferBytes: 4 * 1_048_576,
  maxMessageBytes: 131_072,
  maxConnections: 5_000,
  weightPerMinute: 6_000,
  refusalsBeforeBan: 10,
  banMs: 120_000,
};
