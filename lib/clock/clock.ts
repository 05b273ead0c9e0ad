import { createLongTimers, type Timer } from './long-timer.js';

export type { Timer } from './long-timer.js';
export { sleep } from './sleep.js';

/** Time as a dependency, so that tests decide what time it is. */
export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never goes back. For measuring and for time limits. */
  monotonic(): number;
  /** Calls `run` once after `delayMs`. The timer alone does not keep the process alive. */
  after(delayMs: number, run: () => void): Timer;
  /** Calls `run` every `periodMs`, the first time one period from now. */
  every(periodMs: number, run: () => void): Timer;
}

const timers = createLongTimers(
  (delayMs, run) => {
    const handle = setTimeout(run, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
  (periodMs, run) => {
    const handle = setInterval(run, periodMs);
    handle.unref();
    return { cancel: () => clearInterval(handle) };
  },
);

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), ...timers };

/**
 * The work's result, unless the signal aborts before: then nobody waits for it any longer. @throws what the work
 * throws, and the signal's reason
 */
export const unlessAborted = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });

/**
 * Waits for the work, but no longer than until the signal; then it goes on alone. @throws what the work throws by then
 */
export const waitUntil = async (until: AbortSignal | undefined, work: Promise<unknown>): Promise<void> => {
  if (!until) await work;
  else
    await unlessAborted(until, work).catch((err: unknown) => {
      if (!until.aborted) throw err;
    });
};

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves time forward, running due timers in their order, each at its own moment. */
  advance(byMs: number): void;
  /** Moves time forward as on a computer that slept: what is due runs once, however often it would have run. */
  leap(byMs: number): void;
  /** Like `advance`, and lets pending promises settle after every timer. */
  advanceAsync(byMs: number): Promise<void>;
  /** How many timers wait. */
  readonly pending: number;
}

interface Waiting {
  dueMs: number;
  readonly order: number;
  readonly periodMs: number | undefined;
  readonly run: () => void;
}

export const createManualClock = (startMs = 1_700_000_000_000): ManualClock => {
  let nowMs = startMs;
  let order = 0;
  const waiting = new Set<Waiting>();
  const add = (delayMs: number, periodMs: number | undefined, run: () => void): Timer => {
    const entry: Waiting = { dueMs: nowMs + Math.max(0, delayMs), order: order++, periodMs, run };
    waiting.add(entry);
    return { cancel: () => void waiting.delete(entry) };
  };
  const nextDue = (untilMs: number): Waiting | undefined => {
    let first: Waiting | undefined;
    for (const entry of waiting) {
      if (entry.dueMs > untilMs) continue;
      if (!first || entry.dueMs < first.dueMs || (entry.dueMs === first.dueMs && entry.order < first.order))
        first = entry;
    }
    return first;
  };
  const fire = (entry: Waiting) => {
    nowMs = Math.max(nowMs, entry.dueMs);
    if (entry.periodMs === undefined) waiting.delete(entry);
    else entry.dueMs += Math.max(1, entry.periodMs);
    entry.run();
  };
  return {
    now: () => nowMs,
    monotonic: () => nowMs - startMs,
    after: (delayMs, run) => add(delayMs, undefined, run),
    every: (periodMs, run) => add(periodMs, periodMs, run),
    advance: (byMs) => {
      const untilMs = nowMs + byMs;
      for (let entry = nextDue(untilMs); entry; entry = nextDue(untilMs)) fire(entry);
      nowMs = untilMs;
    },
    leap: (byMs) => {
      nowMs += byMs;
      const due = [...waiting].filter(({ dueMs }) => dueMs <= nowMs);
      for (const entry of due.sort((one, other) => one.dueMs - other.dueMs || one.order - other.order)) {
        if (!waiting.has(entry)) continue;
        entry.dueMs = nowMs;
        fire(entry);
      }
    },
    advanceAsync: async (byMs) => {
      const untilMs = nowMs + byMs;
      await settle();
      for (let entry = nextDue(untilMs); entry; entry = nextDue(untilMs)) {
        fire(entry);
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
    get pending() {
      return waiting.size;
    },
  };
};

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
