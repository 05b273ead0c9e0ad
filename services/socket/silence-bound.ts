import type { ExchangeConnection } from './exchange-connection.js';
import type { SocketLimits } from './limits.js';

/** How long one set of streams may be silent before its connection is suspected. */
export interface SilenceBound {
  /** Data came over this connection at this (monotonic) time. */
  saw(connection: ExchangeConnection, atMs: number): void;
  /** The connection was replaced for its silence. */
  replaced(): void;
  /** @param hasHeartbeat mini-tickers are among the streams */
  readonly boundMs: (hasHeartbeat: boolean) => number;
}

const maxDoublings = 20;

export const createSilenceBound = (limits: SocketLimits): SilenceBound => {
  // Replacements since the last data: where they do not help, they become rare.
  let replacements = 0;
  // The longest silence that ended by itself: how quiet this set of streams is known to be.
  let knownQuietMs = 0;
  let last: { connection: ExchangeConnection; atMs: number } | undefined;
  return {
    saw: (connection, atMs) => {
      if (last?.connection === connection) {
        knownQuietMs = Math.max(knownQuietMs, atMs - last.atMs);
        last.atMs = atMs;
      } else last = { connection, atMs };
      replacements = 0;
    },
    replaced: () => {
      replacements = Math.min(replacements + 1, maxDoublings);
    },
    boundMs: (hasHeartbeat) => {
      const baseMs = hasHeartbeat ? limits.connectionSilenceMs : limits.quietConnectionSilenceMs;
      return Math.min(limits.silenceCapMs, Math.max(baseMs * 2 ** replacements, 2 * knownQuietMs));
    },
  };
};
