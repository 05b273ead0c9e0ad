import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.js';

/** So many different things are named in one period. */
const maxThings = 5;

/**
 * Logs something that may happen very often: in `everyMs` at most once about the same thing, and about five things,
 * with how often it happened since the line before.
 * @returns the reporter, which takes the reason, and what it is about, such as its symbol: facts that are texts tell
 * one thing from another
 */
export const createComplaint = (
  clock: Clock,
  log: Logger,
  sentence: string,
  everyMs: number,
): ((why: string, facts?: Readonly<Record<string, unknown>>) => void) => {
  const named = new Set<string>();
  let periodMs = Number.NEGATIVE_INFINITY;
  let since = 0;
  return (why, facts = {}) => {
    since += 1;
    const nowMs = clock.monotonic();
    if (nowMs - periodMs >= everyMs) {
      named.clear();
      periodMs = nowMs;
    }
    const thing = Object.values(facts)
      .filter((value) => typeof value === 'string')
      .join(' ');
    if (named.has(thing) || named.size >= maxThings) return;
    named.add(thing);
    log.warn({ ...facts, why, times: since }, sentence);
    since = 0;
  };
};
