/** Every bound of the TapeService, in one place. Times are milliseconds. */
export interface TapeServiceLimits {
  /** Streams open at once. */
  readonly maxStreams: number;
  /** Answers waited for at once. */
  readonly maxProofs: number;
  /** Trades kept of one symbol that is followed. */
  readonly maxKeptTrades: number;
  /** Of all of them together; a symbol keeps its share of it, but `leastKeptTrades` always. */
  readonly maxKeptOfAll: number;
  readonly leastKeptTrades: number;
  /** How long a symbol's trades are kept after its last reader left: a reader that was cut comes again. */
  readonly lingerMs: number;
  /** Trades that are taken from the history for a reader that names an older one. */
  readonly maxMissedTrades: number;
  /** Such pages at once, and how far apart they are: 5 a second take 1,200 of the exchange's 6,000 a minute. */
  readonly pagesAtOnce: number;
  readonly pageSpacingMs: number;
  /** Pages that wait for their turn. */
  readonly maxPagesWaiting: number;
  /** History that lacks what it must have is asked so often, with pauses of up to `lackMs`. */
  readonly maxLacks: number;
  readonly lackMs: number;
  /** Trades and changes gather so long before they are told. */
  readonly gatherMs: number;
  /** Trades in one message. */
  readonly maxPartTrades: number;
  /** At least so often a stream is heard. */
  readonly heartbeatMs: number;
  /** A reader that takes nothing for so long is too slow. */
  readonly stuckMs: number;
  /** How long an answer about silence waits for the history. */
  readonly proveMs: number;
  /** How long open streams may go on after the service began to close. */
  readonly drainMs: number;
}

export const defaultLimits: TapeServiceLimits = {
  maxStreams: 500,
  maxProofs: 500,
  maxKeptTrades: 20_000,
  maxKeptOfAll: 200_000,
  leastKeptTrades: 200,
  lingerMs: 5_000,
  maxMissedTrades: 20_000,
  pagesAtOnce: 2,
  pageSpacingMs: 200,
  maxPagesWaiting: 1_000,
  maxLacks: 8,
  lackMs: 1_000,
  gatherMs: 5,
  maxPartTrades: 500,
  heartbeatMs: 3_000,
  stuckMs: 15_000,
  proveMs: 5_000,
  drainMs: 1_000,
};
