import { createLongTimers, type Timer } from '@tickfolio/lib/clock/long-timer';

export type { Timer } from '@tickfolio/lib/clock/long-timer';

/** Time as a dependency, as the services have it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds that never go back. */
  monotonic(): number;
  after(delayMs: number, run: () => void): Timer;
  every(periodMs: number, run: () => void): Timer;
}

/** A timer of Node has `unref`: by itself it keeps no process alive then. That of a browser is a number. */
const unref = (handle: unknown) => (handle as { unref?: () => void }).unref?.();

const clockWith = (started: (handle: unknown) => void): Clock => ({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  ...createLongTimers(
    (delayMs, run) => {
      const handle = setTimeout(run, delayMs);
      started(handle);
      return { cancel: () => clearTimeout(handle) };
    },
    (periodMs, run) => {
      const handle = setInterval(run, periodMs);
      started(handle);
      return { cancel: () => clearInterval(handle) };
    },
  ),
});

/** The runtime's time, of a browser or of Node. */
export const runtimeClock: Clock = clockWith(() => undefined);
/** The same; what only waits for it may end. A page has no use for it, and shall not load it. */
export const idleClock: Clock = /* @__PURE__ */ clockWith(unref);
