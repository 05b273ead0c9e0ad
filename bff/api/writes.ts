import { createThrottle, type ThrottleOptions } from '@tickfolio/lib/throttle';

/** Limits what one user changes. */
export interface Writes {
  /**
   * Counts a change, and not its repeats: the first try may have been made and only its answer lost, so that to refuse
   * the next one would say what may not be true.
   * @param key under which it is done once, however often it is asked for; absent where each is a change of its own
   * @throws AppError resource_exhausted with the time until the next one is allowed
   */
  take(userId: string, key?: string): void;
}

/** Of one change, the clients repeat it 4 times by themselves; further ones count as changes. */
const maxRepeats = 8;
/** The first one asked for makes room. */
const maxKeys = 10_000;

export const createWrites = (options: ThrottleOptions): Writes => {
  const throttle = createThrottle(options);
  /** How often each may come again. */
  const repeatsLeft = new Map<string, number>();
  const keep = (known: string) => {
    repeatsLeft.delete(known);
    repeatsLeft.set(known, maxRepeats);
    const [oldest] = repeatsLeft.keys();
    if (repeatsLeft.size > maxKeys && oldest !== undefined) repeatsLeft.delete(oldest);
  };
  return {
    take: (userId, key) => {
      const known = key === undefined ? undefined : JSON.stringify([userId, key]);
      const left = known === undefined ? 0 : (repeatsLeft.get(known) ?? 0);
      if (known !== undefined && left > 0) {
        repeatsLeft.set(known, left - 1);
        return;
      }
      throttle.take(userId);
      if (known !== undefined) keep(known);
    },
  };
};
