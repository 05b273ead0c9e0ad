import { AppError } from '@tickfolio/lib/errors';

/** Does the work of one key one after the other. */
export interface Turns {
  /**
   * @throws AppError resource_exhausted when too much waits, and whatever the work throws; where that is that something is away, all that
   * waited for the same key fails with it instead of finding the same out one after the other
   */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  begin(): void;
  fail(thrown: unknown): void;
}

const isOutage = (thrown: unknown): boolean =>
  thrown instanceof AppError && (thrown.code === 'unavailable' || thrown.code === 'deadline_exceeded');

/** @param maxWaiting how much may wait of one key */
export const createTurns = (maxWaiting: number): Turns => {
  /** What waits, by key; empty while one works and nothing waits. */
  const queues = new Map<string, Waiting[]>();

  const turn = async (key: string): Promise<void> => {
    const queue = queues.get(key);
    if (!queue) {
      queues.set(key, []);
      return;
    }
    if (queue.length >= maxWaiting)
      throw new AppError('resource_exhausted', 'Too many changes at once; please wait a little.', { retryAfterMs: 1_000 });
    await new Promise<void>((resolve, reject) => queue.push({ begin: resolve, fail: reject }));
  };
  const leave = (key: string) => {
    const next = queues.get(key)?.shift();
    if (next) next.begin();
    else queues.delete(key);
  };

  return {
    take: async (key, work) => {
      await turn(key);
      try {
        return await work();
      } catch (thrown) {
        if (isOutage(thrown)) for (const waiting of queues.get(key)?.splice(0) ?? []) waiting.fail(thrown);
        throw thrown;
      } finally {
        leave(key);
      }
    },
  };
};
