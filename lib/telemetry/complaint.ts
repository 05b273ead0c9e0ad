import type { Logger } from 'pino';
import type { Clock } from '../clock/clock.js';

/**
 * Logs something that may happen very often: at most once in `everyMs`, with how often it happened.
 * @returns the reporter, which takes the reason, and what tells the case that is logged from others, such as its symbol
 */
export const createComplaint = (
  clock: Clock,
  log: Logger,
  sentence: string,
  everyMs: number,
): ((why: string, facts?: Readonly<Record<string, unknown>>) => void) => {
  let lastMs = Number.NEGATIVE_INFINITY;
  let since = 0;
  return (why, facts) => {
    since += 1;
    const nowMs = clock.monotonic();
    if (nowMs - lastMs < everyMs) return;
    log.warn({ ...facts, why, times: since }, sentence);
    lastMs = nowMs;
    since = 0;
  };
};
