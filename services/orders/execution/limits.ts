/** Every bound and time of what fills orders. Times are milliseconds. */
export interface ExecutionLimits {
  /** Symbols that are followed at once. */
  readonly maxSymbols: number;
  /** How often it is looked for open orders whose symbol nobody follows. */
  readonly sweepMs: number;
  /** How long a symbol is followed after its last open order ended and nobody asked for its price. */
  readonly idleMs: number;
  /** How long who asks for a price waits for it. */
  readonly referenceMs: number;
  /** At the latest after so long it is stored how far trades were looked at. */
  readonly storeMs: number;
  /** The same while an order is about to be accepted. */
  readonly eagerStoreMs: number;
  /** So long after a price was asked for. */
  readonly eagerMs: number;
  /** How often it is looked for an order that was accepted meanwhile. */
  readonly lookMs: number;
  /** Trades in one transaction, and changes of orders that they make; one portfolio alone may have more by a trade. */
  readonly maxTrades: number;
  readonly maxSteps: number;
  /** Trades in memory that are not stored; where they would be more the stream begins again. */
  readonly maxBuffered: number;
  /** How often a transaction is tried whose orders were changed by somebody else meanwhile. */
  readonly maxStale: number;
  /** A symbol of which nothing was heard for so long is quiet: silence is proven before a window begins. */
  readonly quietMs: number;
  /** So long after a window should be over it is asked whether there was no more trade, and how often. */
  readonly proveAfterMs: number;
  readonly proveEveryMs: number;
  /** Pauses before a stream that broke is opened again. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
  /** A stream is given up that is not heard for so many of its heartbeats. */
  readonly silentHeartbeats: number;
  readonly firstMessageMs: number;
}

export const defaultExecutionLimits: ExecutionLimits = {
  maxSymbols: 400,
  sweepMs: 5_000,
  idleMs: 60_000,
  referenceMs: 2_000,
  storeMs: 250,
  eagerStoreMs: 20,
  eagerMs: 3_000,
  lookMs: 250,
  maxTrades: 1_000,
  maxSteps: 100,
  maxBuffered: 20_000,
  maxStale: 20,
  quietMs: 1_000,
  proveAfterMs: 2_000,
  proveEveryMs: 1_000,
  minRetryMs: 100,
  maxRetryMs: 5_000,
  silentHeartbeats: 3,
  firstMessageMs: 5_000,
};
