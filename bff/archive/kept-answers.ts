import type { Clock } from '@tickfolio/lib/clock';

/**
 * Answers that many ask for at one time: one question for all of them in so long. @param key says what is asked; the
 * same key, the same type
 */
export type KeptAnswers = <T>(key: string, ask: () => Promise<T>) => Promise<T>;

const keptMs = 4_000;
const maxKept = 512;

/** Refusals are not kept. */
export const createKeptAnswers = (clock: Pick<Clock, 'monotonic'>): KeptAnswers => {
  const kept = new Map<string, { readonly atMs: number; readonly answer: Promise<unknown> }>();
  return <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    const nowMs = clock.monotonic();
    const known = kept.get(key);
    if (known && nowMs - known.atMs < keptMs) return known.answer as Promise<T>;
    const answer = ask();
    answer.catch(() => {
      // What fails late may have a younger one in its place.
      if (kept.get(key)?.answer === answer) kept.delete(key);
    });
    kept.delete(key);
    kept.set(key, { atMs: nowMs, answer });
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return answer;
  };
};
