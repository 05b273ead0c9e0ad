/** Every bound of the service, in one place. Times are milliseconds. */
export interface SocketLimits {
  // Connections to the exchange.
  /** Streams on one connection; the exchange allows 1,024. */
  readonly streamsPerConnection: number;
  readonly maxConnections: number;
  /** Stream names in one SUBSCRIBE. */
  readonly namesPerMessage: number;
  /**
   * Least time between two control messages: at most 3 in any second, of the 5 the exchange allows with pongs counted.
   */
  readonly controlSpacingMs: number;
  /**
   * How long a control message may stay unanswered before it is sent again, and after that before the connection is
   * given up.
   */
  readonly replyTimeoutMs: number;
  /** After which a stream that was refused in what may be a bad moment is asked for again; doubles with each time. */
  readonly refusalRetryMs: number;
  /** The same where the name itself is refused: the exchange may list it any day, or have said so by mistake. */
  readonly refusedNameRetryMs: number;
  /** Neither pause grows longer. */
  readonly refusalRetryCapMs: number;
  readonly handshakeTimeoutMs: number;
  /** With a larger share of the streams down the service is not ready. */
  readonly toleratedDownShare: number;
  /** Nor with any connection that has been down for so long. */
  readonly toleratedDownMs: number;
  readonly maxFrameBytes: number;
  /** Of the stream of all symbols: some 3,000 in 150 bytes each. */
  readonly maxAllTickersBytes: number;
  /**
   * Connection attempts in `attemptWindowMs`; the exchange allows 300 in 5 minutes per address, others may share it.
   */
  readonly attemptsPerWindow: number;
  readonly attemptWindowMs: number;
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  /** When a refused (403, 451) address is tried again first, and after how long at most. */
  readonly refusedFirstRetryMs: number;
  readonly refusedRetryMs: number;

  // Rotation: a new connection takes over before the exchange cuts the old one at 24 h.
  readonly lifetimeMs: number;
  /** Share of the lifetime by which it is shortened at random, so that connections do not roll over together. */
  readonly lifetimeJitter: number;
  /** How long an acknowledged stream may be without data on the new connection before it counts as quiet. */
  readonly rotationSettleMs: number;
  /** A rotation that has not ended by then is given up and tried again later. */
  readonly rotationTimeoutMs: number;

  // Silence.
  /**
   * No sign of life of a connection: neither data nor an answer. Minor pairs are quiet for minutes, so one without data
   * is asked for an answer when two thirds of this are over. Looked at each second, so that it is noticed within 15 s.
   */
  readonly connectionSilenceMs: number;
  /** That doubles with every replacement that stays silent too, up to this. */
  readonly silenceCapMs: number;
  /**
   * How long one stream of a symbol may be silent while the symbol's other stream shows that there is something to say.
   */
  readonly evidenceMs: number;
  /** How long an acknowledged stream may go without its first frame. Doubles with every new try. */
  readonly firstFrameMs: number;

  /** No word of all symbols for so long; doubles with every replacement that stays silent too, up to `silenceCapMs`. */
  readonly allTickersSilenceMs: number;

  // Order and duplicates.
  /** How long a trade waits for a missing earlier one. */
  readonly holdMs: number;
  /** The same while two connections deliver the stream. */
  readonly overlapHoldMs: number;
  readonly maxHeld: number;

  // Delivery.
  /** How long an upstream stream outlives its last subscriber. */
  readonly lingerMs: number;
  /** How long a connection without streams stays open. */
  readonly idleCloseMs: number;
  readonly flushMs: number;
  /**
   * At least so often a gRPC stream gets a message, an empty one if need be, so that its reader notices when it hears
   * nobody.
   */
  readonly heartbeatMs: number;
  readonly framesPerMessage: number;
  /** What one gRPC stream may have waiting; above either it is ended. */
  readonly maxBufferedFrames: number;
  readonly maxBufferedBytes: number;
  readonly maxSymbolsPerRequest: number;
  readonly maxOpenStreams: number;
  /** How long `close` waits for the exchange connections to say goodbye. */
  readonly closeMs: number;
  readonly drainMs: number;

  // REST.
  /** How long the exchange may send nothing, before its answer or in the middle of it. */
  readonly restSilenceMs: number;
  /** How long an answer may take in all, however steadily it comes: 1 MB at 4 kB/s. */
  readonly restTotalMs: number;
  readonly restConcurrency: number;
  readonly restQueue: number;
  /** Of the exchange's 6,000 per minute and address. */
  readonly weightPerMinute: number;
  /** Of those, what klines and other pages of the past may use, and what audits may. */
  readonly historyWeightPerMinute: number;
  readonly auditWeightPerMinute: number;
  /** Questions about the past that are asked at once; they have places of their own. */
  readonly historyConcurrency: number;
  /** Klines that are kept, of pages in which nothing changes any more; 1,000 take some 500 kB. */
  readonly klinesKept: number;
  readonly symbolsRefreshMs: number;
  /** The same while a symbol does not trade that traded within the hour; several MB each time. */
  readonly symbolsSoonMs: number;
  /** The same while most do not trade: maintenance ends at a moment that nobody tells. */
  readonly symbolsCloselyMs: number;
  /** The list is read when something that was traded steadily is not for so long, at most once in `symbolsSoonMs`. */
  readonly haltedAfterMs: number;
  /** For symbols that are asked for and not listed, over everybody: one more reading in so long. */
  readonly symbolsLookAgainMs: number;
  /** Who asked waits no longer for it. */
  readonly symbolsLookAgainWaitMs: number;
  /** How often the exchange's clock is compared with this computer's, and how soon again where that failed. */
  readonly clockEveryMs: number;
  readonly clockRetryMs: number;
}

export const defaultLimits: SocketLimits = {
  streamsPerConnection: 200,
  maxConnections: 50,
  namesPerMessage: 100,
  controlSpacingMs: 350,
  replyTimeoutMs: 10_000,
  refusalRetryMs: 1_000,
  refusedNameRetryMs: 30_000,
  refusalRetryCapMs: 180_000,
  handshakeTimeoutMs: 5_000,
  toleratedDownShare: 0.5,
  toleratedDownMs: 10_000,
  maxFrameBytes: 262_144,
  maxAllTickersBytes: 4 * 1_048_576,
  attemptsPerWindow: 240,
  attemptWindowMs: 300_000,
  backoffBaseMs: 200,
  backoffCapMs: 30_000,
  refusedFirstRetryMs: 30_000,
  refusedRetryMs: 300_000,
  lifetimeMs: 23 * 3_600_000,
  lifetimeJitter: 0.05,
  rotationSettleMs: 5_000,
  rotationTimeoutMs: 60_000,
  connectionSilenceMs: 14_000,
  silenceCapMs: 600_000,
  evidenceMs: 8_000,
  firstFrameMs: 60_000,
  allTickersSilenceMs: 15_000,
  holdMs: 250,
  overlapHoldMs: 1_000,
  maxHeld: 1_000,
  lingerMs: 2_000,
  idleCloseMs: 10_000,
  flushMs: 5,
  heartbeatMs: 3_000,
  framesPerMessage: 100,
  maxBufferedFrames: 20_000,
  maxBufferedBytes: 8 * 1_048_576,
  maxSymbolsPerRequest: 2_000,
  maxOpenStreams: 200,
  closeMs: 1_000,
  drainMs: 5_000,
  restSilenceMs: 8_000,
  restTotalMs: 300_000,
  restConcurrency: 8,
  restQueue: 200,
  weightPerMinute: 4_500,
  historyWeightPerMinute: 1_200,
  auditWeightPerMinute: 300,
  historyConcurrency: 2,
  klinesKept: 20_000,
  symbolsRefreshMs: 600_000,
  symbolsSoonMs: 60_000,
  symbolsCloselyMs: 15_000,
  haltedAfterMs: 20_000,
  symbolsLookAgainMs: 10_000,
  symbolsLookAgainWaitMs: 4_000,
  clockEveryMs: 600_000,
  clockRetryMs: 30_000,
};
