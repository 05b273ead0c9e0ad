import type { Clock } from '@tickfolio/lib/clock';
import { doubledMs } from '@tickfolio/lib/retry';
import type { SocketLimits } from '../limits.js';

/**
 * Streams that the exchange refused, and when each is asked for again. No refusal is for ever: symbols are listed, bad
 * moments pass.
 */
export interface Refusals {
  /**
   * @param isAboutName the exchange says that the name itself is no good, rather than that this is a bad moment
   */
  add(name: string, why: string, isAboutName: boolean): Refused;
  remove(name: string): void;
  has(name: string): boolean;
  /** Whether it may be asked for again. */
  isDue(name: string): boolean;
  /** Whether waiting for it is in vain: the name is no good, or was refused several times running. */
  isFinal(name: string): boolean;
  /** When the next one may be asked for again, monotonic; undefined where none waits. */
  readonly nextDueMs: number | undefined;
}

/** What was made of a refusal. */
export interface Refused {
  /** The first for this reason. */
  readonly isNews: boolean;
  /** After which the stream is asked for again, milliseconds. */
  readonly retryInMs: number;
}

interface Refusal {
  readonly why: string;
  readonly times: number;
  readonly isAboutName: boolean;
  readonly dueMs: number;
}

/** What is refused so often running is not refused by chance. */
const certainTimes = 3;

export const createRefusals = (
  clock: Clock,
  limits: Pick<SocketLimits, 'refusalRetryMs' | 'refusedNameRetryMs' | 'refusalRetryCapMs'>,
): Refusals => {
  const refusals = new Map<string, Refusal>();
  return {
    add: (name, why, isAboutName) => {
      const last = refusals.get(name);
      const times = (last?.times ?? 0) + 1;
      const firstMs = isAboutName ? limits.refusedNameRetryMs : limits.refusalRetryMs;
      const retryInMs = doubledMs(firstMs, limits.refusalRetryCapMs, times - 1);
      refusals.set(name, { why, times, isAboutName, dueMs: clock.monotonic() + retryInMs });
      return { isNews: last?.why !== why, retryInMs };
    },
    remove: (name) => void refusals.delete(name),
    has: (name) => refusals.has(name),
    isDue: (name) => (refusals.get(name)?.dueMs ?? Number.NEGATIVE_INFINITY) <= clock.monotonic(),
    isFinal: (name) => {
      const refusal = refusals.get(name);
      return refusal !== undefined && (refusal.isAboutName || refusal.times >= certainTimes);
    },
    get nextDueMs() {
      let next: number | undefined;
      for (const { dueMs } of refusals.values()) next = Math.min(next ?? dueMs, dueMs);
      return next;
    },
  };
};
