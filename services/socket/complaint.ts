import type { Clock } from '@tickfolio/lib/clock';
import type { Logger } from '@tickfolio/lib/telemetry';

/** Logs something that may happen very often: at most once in `everyMs`, with how often it happened. @returns the reporter, which takes the reason. */
export const createComplaint = (clock: Clock, log: Logger, sentence: string, everyMs: number): ((why: string) => void) => {
  let lastMs = Number.NEGATIVE_INFINITY;
  let since = 0;
  return (why) => {
    since += 1;
    const nowMs = clock.monotonic();
    if (nowMs - lastMs < everyMs) return;
    log.warn({ why, times: since }, sentence);
    lastMs = nowMs;
    since = 0;
  };
};
