import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';

/** Lets a bounded number of jobs run at once, the others wait for their turn, in order. */
export interface Lane {
  /** @throws AppError resource_exhausted when too many wait already or no turn came in time, canceled after `close`, and what the job throws. */
  run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Refuses what waits and what comes; resolves when the running jobs ended. */
  close(): Promise<void>;
}

export interface LaneOptions {
  /** Jobs that run at once. */
  readonly width: number;
  readonly maxWaiting: number;
  /** How long a job waits for its turn, and by which clock. Default: until it comes. */
  readonly patience?: { readonly clock: Pick<Clock, 'after'>; readonly ms: number } | undefined;
  /** For error messages: what there is too much of. */
  readonly name: string;
}

interface Waiting {
  start(): void;
  refuse(err: Error): void;
}

export const createLane = ({ width, maxWaiting, patience, name }: LaneOptions): Lane => {
  const waiting = new Set<Waiting>();
  const running = new Set<Promise<unknown>>();
  let closed = false;
  const refusal = () => new AppError('unavailable', 'ClickHouse: the embedded engine has been closed.');

  const turn = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(entry);
        timer?.cancel();
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        leave();
        reject(new AppError('canceled', `Given up while it waited for other ${name}.`));
      };
      const entry: Waiting = {
        start: () => {
          leave();
          resolve();
        },
        refuse: (err) => {
          leave();
          reject(err);
        },
      };
      const timer = patience?.clock.after(patience.ms, () => {
        const message = `Too many ${name} run: none of ${width} has ended within ${patience.ms / 1_000} s. Ask again a little later.`;
        entry.refuse(new AppError('resource_exhausted', message, { retryAfterMs: patience.ms }));
      });
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
  return {
    run: async (job, signal) => {
      if (closed) throw refusal();
      if (signal?.aborted) throw new AppError('canceled', 'Given up before it began.');
      if (taken < width) taken++;
      else if (waiting.size >= maxWaiting) {
        throw new AppError('resource_exhausted', `Too many ${name} wait already (${maxWaiting}).`, { retryAfterMs: 1_000 });
      } else await turn(signal);
      const work = job();
      running.add(work);
      try {
        return await work;
      } finally {
        running.delete(work);
        next();
      }
    },
    close: async () => {
      closed = true;
      for (const entry of waiting) entry.refuse(refusal());
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
};
