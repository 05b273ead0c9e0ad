import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';

/** Does so much of the work of one key at once, and the rest in its order. */
export interface Turns {
  /** @throws AppError resource_exhausted when too much waits, or this did too long; then the work is never done. Else whatever the work throws */
  take<T>(key: string, work: () => Promise<T>): Promise<T>;
}

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
   * Where something is away, all that waits for the same key fails with it, instead of finding the same out one after the other. Only for
   * work that is all of one kind. Default false.
   */
  readonly failTogether?: boolean;
}

interface Waiting {
  begin(): void;
  fail(thrown: unknown): void;
}

const isOutage = (thrown: unknown): boolean =>
  thrown instanceof AppError && (thrown.code === 'unavailable' || thrown.code === 'deadline_exceeded');

export const createTurns = (options: TurnsOptions): Turns => {
  const { clock, atOnce, maxWaiting, maxWaitMs, words, failTogether = false } = options;
  /** Only keys of which something is done. */
  const lines = new Map<string, { running: number; readonly waiting: Set<Waiting> }>();
  const tooMuch = () => new AppError('resource_exhausted', words, { retryAfterMs: 1_000 });

  /** Undefined where it is here already. */
  const turn = (key: string): Promise<void> | undefined => {
    const line = lines.get(key) ?? { running: 0, waiting: new Set() };
    if (line.running < atOnce) {
      line.running++;
      lines.set(key, line);
      return undefined;
    }
    const { waiting } = line;
    if (waiting.size >= maxWaiting) throw tooMuch();
    return new Promise<void>((resolve, reject) => {
      const end = (then: () => void) => {
        timer.cancel();
        waiting.delete(mine);
        then();
      };
      const mine: Waiting = { begin: () => end(resolve), fail: (thrown) => end(() => reject(thrown)) };
      const timer = clock.after(maxWaitMs, () => mine.fail(tooMuch()));
      waiting.add(mine);
    });
  };
  const leave = (key: string) => {
    const line = lines.get(key);
    if (!line) return;
    const [next] = line.waiting;
    if (next) next.begin();
    else if (--line.running === 0) lines.delete(key);
  };

  return {
    take: async (key, work) => {
      const coming = turn(key);
      if (coming) await coming;
      try {
        return await work();
      } catch (thrown) {
        if (failTogether && isOutage(thrown)) for (const waiting of [...(lines.get(key)?.waiting ?? [])]) waiting.fail(thrown);
        throw thrown;
      } finally {
        leave(key);
      }
    },
  };
};
