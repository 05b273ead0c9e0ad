import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createLane } from '../lane/lane.js';
import { createBreaker, type OpensAfter, RestingError } from '../retry/breaker.js';
import type { ObserveCircuit } from '../telemetry/circuit-metrics.js';
import { isUnknownCall } from './status.js';

/** What bounds calls of one class. */
export interface CallBounds {
  /** What its breaker is called in the metrics. */
  readonly circuit: string;
  readonly opens: OpensAfter;
  /** Calls on their way at once, and waiting for their turn. */
  readonly maxAtOnce: number;
  readonly maxWaiting: number;
  /** How long one waits for its turn, in milliseconds; then it is refused, and never made. */
  readonly maxWaitMs: number;
}

export interface CallClassOptions extends CallBounds {
  readonly clock: Clock;
  /** How long its breaker stays open, in milliseconds. */
  readonly restMs: number;
  /** What a caller is told while the service is away or has too much to do, as a sentence. */
  readonly away: string;
  readonly observeCircuit?: ObserveCircuit | undefined;
}

export interface CallClass {
  /**
   * Makes a call of this class. @throws AppError; `unavailable` with a retry time where the service is away or has too
   * much to do
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Takes its series out of the metrics. */
  close(): void;
}

/** A call whose turn did not come. */
class NoTurnError extends Error {}

/**
 * The service's own fault, as opposed to an answer the caller has to live with, such as that it is too old for it, or
 * which other service it lacks.
 */
const isOutage = (err: unknown): boolean =>
  err instanceof AppError &&
  !isUnknownCall(err) &&
  !err.fields.some(({ reason }) => reason !== undefined) &&
  (err.code === 'unavailable' || err.code === 'deadline_exceeded' || err.code === 'internal');

/**
 * Calls of one service of like cost, which share a breaker and a bound. Each class has its own: a hundred slow
 * passwords say nothing about renewals, and take no place from them.
 */
export const createCallClass = (options: CallClassOptions): CallClass => {
  const { clock, circuit, opens, restMs, maxAtOnce, maxWaiting, maxWaitMs, away, observeCircuit } = options;
  const breaker = createBreaker({ clock, opens, restMs });
  const unobserve = observeCircuit?.(circuit, breaker);
  const turns = createLane({
    width: maxAtOnce,
    maxWaiting,
    patience: { clock, ms: maxWaitMs },
    refuse: (why) => new NoTurnError(`a call of '${circuit}' had no turn: ${why}`),
  });
  /** A refusal is an answer: for the breaker all is well. */
  const answerOf = async <T>(work: () => Promise<T>): Promise<() => T> => {
    try {
      const answer = await work();
      return () => answer;
    } catch (err) {
      if (isOutage(err)) throw err;
      return () => {
        throw err;
      };
    }
  };
  return {
    run: async (work) => {
      const answered = await turns
        .run(() => breaker.run(() => answerOf(work)))
        .catch((cause: unknown) => {
          const refused = cause instanceof NoTurnError || cause instanceof RestingError;
          if (!refused && !(isOutage(cause) && (cause as AppError).code !== 'internal')) throw cause;
          throw new AppError('unavailable', away, { cause, retryAfterMs: restMs });
        });
      return answered();
    },
    close: () => unobserve?.(),
  };
};
