import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { isInBackground } from '../background.js';

/** Gives the one connection that PGlite has to one caller after the other. */
export interface Turns {
  /**
   * Runs `work` while nobody else has the connection. @param waitMs how long it waits for its turn; default that of all
   * @throws AppError unavailable when its turn does not come in time
   */
  take<T>(work: () => Promise<T>, waitMs?: number): Promise<T>;
}

export interface TurnsOptions {
  readonly clock: Clock;
  /** Called at the beginning of every turn, before anything is run. */
  readonly ready?: () => Promise<void>;
  /** How many statements and transactions may wait for their turn. Default 1 000. */
  readonly maxWaiting?: number;
  /** How long one may wait for its turn. Default 10 000. */
  readonly waitTimeoutMs?: number;
  /** Told of a turn that took longer than anybody should have to wait. */
  readonly tooLong?: (tookMs: number) => void;
}

/** How long work in the background lets requests go before it. */
const yieldMs = 1_000;
/** Nobody should have the connection for longer. */
const maxTurnMs = 100;

interface Waiter {
  readonly sinceMs: number;
  readonly begin: () => void;
}

/**
 * In the order of asking, requests before work in the background. Of what waits there too long one goes before each
 * request, however many there are: so a request waits for one of them at most.
 */
export const createTurns = (options: TurnsOptions): Turns => {
  const { clock, ready = async () => undefined, maxWaiting = 1_000, waitTimeoutMs = 10_000, tooLong } = options;
  const requests = new Set<Waiter>();
  const background = new Set<Waiter>();
  let taken = false;
  /** The running or last turn is one of the background. */
  let behind = false;

  const next = () => {
    const [request] = requests;
    const [later] = background;
    const isOverdue = later !== undefined && !behind && clock.monotonic() - later.sinceMs >= yieldMs;
    const first = isOverdue ? later : (request ?? later);
    behind = first !== undefined && first === later;
    if (first) first.begin();
    else taken = false;
  };
  const turn = (waitMs: number): Promise<void> => {
    if (!taken) {
      taken = true;
      behind = isInBackground();
      return Promise.resolve();
    }
    if (requests.size + background.size >= maxWaiting)
      return Promise.reject(busy(`more than ${maxWaiting} statements wait`));
    const queue = isInBackground() ? background : requests;
    return new Promise((resolve, reject) => {
      const begin = () => {
        queue.delete(waiter);
        timer.cancel();
        resolve();
      };
      const waiter: Waiter = { sinceMs: clock.monotonic(), begin };
      const timer = clock.after(waitMs, () => {
        queue.delete(waiter);
        reject(busy(`no turn within ${waitMs} ms`));
      });
      queue.add(waiter);
    });
  };
  return {
    take: async (work, waitMs = waitTimeoutMs) => {
      await turn(waitMs);
      try {
        await ready();
        const begunMs = clock.monotonic();
        try {
          return await work();
        } finally {
          const tookMs = clock.monotonic() - begunMs;
          if (tookMs > maxTurnMs) tooLong?.(tookMs);
        }
      } finally {
        next();
      }
    },
  };
};

const busy = (why: string) =>
  new AppError('unavailable', 'The database is too busy.', { cause: new Error(why), retryAfterMs: 1_000 });
