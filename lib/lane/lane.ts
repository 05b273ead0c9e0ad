import type { Clock } from '../clock/clock.js';

/** A semaphore: lets a bounded number of jobs run at once, the others wait for their turn, in order. */
export interface Lane {
  /** @throws what `refuse` makes of a turn that does not come, and what the job throws */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** How many wait for their turn. */
  readonly waiting: number;
  /** Whether nothing runs, and so nothing waits. */
  readonly isIdle: boolean;
  /** None of those that wait gets its turn any more: each fails with this. */
  failWaiting(thrown: unknown): void;
  /** Refuses what waits and what comes; resolves when the running jobs ended. */
  close(): Promise<void>;
}

/** Why a turn does not come: too many wait, it took too long, the signal aborted, or the lane was closed. */
export type NoTurn = 'full' | 'late' | 'left' | 'closed';

export interface LaneOptions {
  /** Jobs that run at once. */
  readonly width: number;
  readonly maxWaiting: number;
  /** How long a job waits for its turn, and by which clock. Default: until it comes. */
  readonly patience?: { readonly clock: Pick<Clock, 'after'>; readonly ms: number } | undefined;
  /** What is thrown then. */
  readonly refuse: (why: NoTurn) => Error;
}

interface Waiting {
  start(): void;
  fail(thrown: unknown): void;
}

export const createLane = ({ width, maxWaiting, patience, refuse }: LaneOptions): Lane => {
  const waiting = new Set<Waiting>();
  const running = new Set<Promise<unknown>>();
  let closed = false;

  const turn = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(entry);
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const entry: Waiting = {
        start: () => {
          leave();
          resolve();
        },
        fail: (thrown) => {
          leave();
          reject(thrown);
        },
      };
      const onAbort = () => entry.fail(refuse('left'));
      const timer = patience?.clock.after(patience.ms, () => entry.fail(refuse('late')));
      waiting.add(entry);
      signal?.addEventListener('abort', onAbort, { once: true });
    });

  /** Whoever starts holds its place at once, so that nobody who comes meanwhile takes it. */
  let taken = 0;
  const next = () => {
    taken--;
    const [first] = waiting;
    if (!first || closed) return;
    taken++;
    first.start();
  };
  const failWaiting = (thrown: unknown) => {
    for (const entry of [...waiting]) entry.fail(thrown);
  };
  return {
    run: async <T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
      if (closed) throw refuse('closed');
      if (signal?.aborted) throw refuse('left');
      if (taken < width) taken++;
      else if (waiting.size >= maxWaiting) throw refuse('full');
      else {
        await turn(signal);
        // Closed between its turn and this line, while it was neither waiting nor running.
        if (closed) {
          next();
          throw refuse('closed');
        }
      }
      let work: Promise<T> | undefined;
      try {
        work = job();
        running.add(work);
        return await work;
      } finally {
        if (work) running.delete(work);
        next();
      }
    },
    get waiting() {
      return waiting.size;
    },
    get isIdle() {
      return taken === 0;
    },
    failWaiting,
    close: async () => {
      closed = true;
      failWaiting(refuse('closed'));
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
};
