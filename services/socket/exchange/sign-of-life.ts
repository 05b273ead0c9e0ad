import type { Clock, Timer } from '@tickfolio/lib/clock';
import type { SocketLimits } from '../limits.js';

export interface SignSource {
  /** When the last sign of life came, monotonic; undefined before the connection is open. */
  readonly lastMs: () => number | undefined;
  /** Asks the other side for an answer. */
  readonly ask: () => void;
}

/** Of the time after which a connection without a sign of life is given up, the other third is left for the answer. */
const askAfterShare = 2 / 3;
const looksPerSilence = 14;

/**
 * Asks a connection that brings nothing for a sign of life, once for each silence. Where nobody trades there is nothing
 * to bring, so only a question without an answer tells a dead connection from a quiet one.
 */
export const watchSigns = (
  clock: Clock,
  { connectionSilenceMs }: Pick<SocketLimits, 'connectionSilenceMs'>,
  source: SignSource,
): Timer => {
  let askedSinceMs: number | undefined;
  return clock.every(connectionSilenceMs / looksPerSilence, () => {
    const lastMs = source.lastMs();
    if (
      lastMs === undefined ||
      lastMs === askedSinceMs ||
      clock.monotonic() - lastMs < connectionSilenceMs * askAfterShare
    )
      return;
    askedSinceMs = lastMs;
    source.ask();
  });
};
