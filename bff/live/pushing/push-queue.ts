import type { Clock, Timer } from '@tickfolio/lib/clock';
import { because, type Context, currentCause } from '@tickfolio/lib/tracing';

/** Somebody to whom frames are pushed. */
export interface Pushed {
  /** Stands in the queue. */
  queued: boolean;
  /** When the oldest change was noticed that was not pushed yet, monotonic; NaN where there is none. */
  changedAt: number;
}

export interface PushQueueOptions {
  /** Ticks that arrive within this time make one push per user. */
  readonly windowMs: number;
  /** Pushing pauses for other work after so long. */
  readonly sliceMs: number;
}

/** Who is to get a frame: all changes within a window make one push to each. */
export interface PushQueue<T extends Pushed> {
  changed(one: T): void;
  /** Nothing changed, but the last frame is long ago. `pushDue` sends to all of them. */
  due(one: T): void;
  pushDue(): void;
  /** The current trace caused a push; of several in one window the first shows it. */
  causedHere(): void;
  close(): void;
}

/** @param push sends to one; called with how long its oldest change waited, or undefined where there was none */
export const createPushQueue = <T extends Pushed>(
  clock: Clock,
  { windowMs, sliceMs }: PushQueueOptions,
  push: (one: T, nowMs: number, waitedMs: number | undefined) => void,
): PushQueue<T> => {
  /** From `at` on they were not pushed to yet. */
  let queue: T[] = [];
  let at = 0;
  let cause: Context | undefined;
  let timer: Timer | undefined;

  const pushAll = () => {
    timer = undefined;
    const traced = cause;
    cause = undefined;
    if (traced) void because(traced, 'push portfolios', pushSlice);
    else pushSlice();
  };
  const pushSlice = () => {
    let now = clock.monotonic();
    const sliceEnd = now + sliceMs;
    for (let one = queue[at]; one; one = queue[at]) {
      if (now >= sliceEnd) {
        timer = clock.after(0, pushAll);
        return;
      }
      at++;
      // Pushed to or gone since.
      if (!one.queued) continue;
      const waited = now - one.changedAt;
      push(one, now, Number.isNaN(waited) ? undefined : waited);
      now = clock.monotonic();
    }
    queue = [];
    at = 0;
  };
  const due = (one: T) => {
    if (one.queued) return;
    one.queued = true;
    queue.push(one);
  };
  return {
    changed: (one) => {
      if (!Number.isNaN(one.changedAt)) return;
      one.changedAt = clock.monotonic();
      due(one);
      timer ??= clock.after(windowMs, pushAll);
    },
    due,
    pushDue: () => {
      if (queue.length > 0) timer ??= clock.after(0, pushAll);
    },
    causedHere: () => {
      cause ??= currentCause();
    },
    close: () => timer?.cancel(),
  };
};
