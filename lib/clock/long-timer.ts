/** A pending timer. `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Node and browsers fire a timer that is set further ahead than this at once. */
const maxTimerMs = 2 ** 31 - 1;

type Start = (delayMs: number, run: () => void) => Timer;

/**
 * Timers as far ahead as one likes, made of those that a runtime has. @param start and `repeat` take at most
 * `maxTimerMs`
 */
export const createLongTimers = (start: Start, repeat: Start): { readonly after: Start; readonly every: Start } => {
  const after: Start = (delayMs, run) => {
    let timer: Timer;
    const wait = (leftMs: number) => {
      timer = start(Math.min(leftMs, maxTimerMs), () => (leftMs > maxTimerMs ? wait(leftMs - maxTimerMs) : run()));
    };
    wait(delayMs);
    return { cancel: () => timer.cancel() };
  };
  const every: Start = (periodMs, run) => {
    if (periodMs <= maxTimerMs) return repeat(periodMs, run);
    let timer: Timer;
    let cancelled = false;
    const next = () => {
      timer = after(periodMs, () => {
        run();
        if (!cancelled) next();
      });
    };
    next();
    return {
      cancel: () => {
        cancelled = true;
        timer.cancel();
      },
    };
  };
  return { after, every };
};
