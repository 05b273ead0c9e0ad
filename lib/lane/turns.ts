import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createLane, type Lane } from './lane.js';

/** Does so much of the work of one key at once, and the rest in its order. */
export interface Turns {
  /**
   * @param signal of who asks: once it is aborted, work that waits is never done
   * @throws AppError resource_exhausted when too much waits, or this did too long; then the work is never done. Else
   * whatever the work throws
   */
  take<T>(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** Called for each that asks for its turn. @returns to be told, once, whether that came */
export type WatchTurn = () => (came: boolean) => void;

export interface TurnsOptions {
  readonly clock: Pick<Clock, 'after'>;
  /** Of one key, as are the others. */
  readonly atOnce: number;
  readonly maxWaiting: number;
  /** How long one waits for its turn, in milliseconds. */
  readonly maxWaitMs: number;
  /** What a refusal says. */
  readonly words: string;
  /**
   * Where something is away, all that waits for the same key fails with it, instead of finding the same out one after
   * the other. Only for work that is all of one kind. Default false.
   */
  readonly failTogether?: boolean;
  readonly watch?: WatchTurn | undefined;
}

const isOutage = (thrown: unknown): boolean =>
  thrown instanceof AppError && (thrown.code === 'unavailable' || thrown.code === 'deadline_exceeded');

export const createTurns = (options: TurnsOptions): Turns => {
  const { clock, atOnce, maxWaiting, maxWaitMs, words, failTogether = false, watch } = options;
  /** Only keys of which something is done. */
  const lanes = new Map<string, Lane>();
  const laneOptions = {
    width: atOnce,
    maxWaiting,
    patience: { clock, ms: maxWaitMs },
    refuse: () => new AppError('resource_exhausted', words, { retryAfterMs: 1_000 }),
  };
  const laneOf = (key: string): Lane => {
    const lane = lanes.get(key) ?? createLane(laneOptions);
    lanes.set(key, lane);
    return lane;
  };

  return {
    take: async (key, work, signal) => {
      const lane = laneOf(key);
      let told = watch?.();
      const tell = (came: boolean) => {
        told?.(came);
        told = undefined;
      };
      const inTurn = () => {
        tell(true);
        return work().catch((thrown: unknown) => {
          if (failTogether && isOutage(thrown)) lane.failWaiting(thrown);
          throw thrown;
        });
      };
      try {
        return await lane.run(inTurn, signal);
      } finally {
        tell(false);
        if (lane.isIdle && lanes.get(key) === lane) lanes.delete(key);
      }
    },
  };
};
