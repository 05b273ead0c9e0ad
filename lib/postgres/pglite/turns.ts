import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import { isInBackground } from '../background.js';

/** What was asked in a turn. */
export interface Statement {
  /** The name of the database. */
  readonly database: string;
  readonly text: string;
  readonly tookMs: number;
}

/** Notes a statement that was asked, with the rows that came of it. */
export type Note = (rows: number, statement: Statement) => void;

/** Gives the one connection that PGlite has to one caller after the other. */
export interface Turns {
  /**
   * Runs `work` while nobody else has the connection. It notes every statement that it asks. @param waitMs how long it
   * waits for its turn; default that of all
   * @throws AppError unavailable when its turn does not come in time
   */
  take<T>(work: (note: Note) => Promise<T>, waitMs?: number): Promise<T>;
}

/** How somebody had the connection, told when it is over. */
export interface Turn {
  /** Whether nobody waits for it. */
  readonly isBackground: boolean;
  /** How long it was waited for, and for how many of the background; for the rest of the one that ran, too. */
  readonly waitedMs: number;
  readonly behindBackground: number;
  readonly tookMs: number;
  readonly statements: number;
  /** The one that took longest; undefined where none was answered. */
  readonly slowest: Statement | undefined;
  /** Read or written. */
  readonly rows: number;
}

export interface TurnsOptions {
  readonly clock: Clock;
  /** Called at the beginning of every turn, before anything is run. */
  readonly ready?: () => Promise<void>;
  /** How many statements and transactions may wait for their turn. Default 1 000. */
  readonly maxWaiting?: number;
  /** How long one may wait for its turn. Default 10 000. */
  readonly waitTimeoutMs?: number;
  /** Told of every turn. */
  readonly watch?: (turn: Turn) => void;
}

/** How long work in the background lets requests go before it. */
const yieldMs = 1_000;

interface Waiter {
  readonly sinceMs: number;
  /** How many of the background had gone before it came; not counting one that was running then. */
  readonly before: number;
  readonly begin: () => void;
}

/**
 * In the order of asking, requests before work in the background. What waits there too long goes before requests, one
 * at a time, and only before such as have not waited for one yet: so a request waits for one of them at most, however
 * many there are of either.
 */
export const createTurns = (options: TurnsOptions): Turns => {
  const { clock, ready = async () => undefined, maxWaiting = 1_000, waitTimeoutMs = 10_000, watch } = options;
  const requests = new Set<Waiter>();
  const background = new Set<Waiter>();
  let taken = false;
  /** How many turns of the background have begun. */
  let gone = 0;
  /** One of them is running. */
  let behind = false;

  const begins = (isOfBackground: boolean) => {
    taken = true;
    behind = isOfBackground;
    if (behind) gone += 1;
  };
  const next = () => {
    const [request] = requests;
    const [later] = background;
    const isOverdue = later !== undefined && clock.monotonic() - later.sinceMs >= yieldMs;
    // Those behind the first one came later, and have waited for no more.
    const mayPass = request === undefined || (isOverdue && request.before === gone);
    const first = later && mayPass ? later : request;
    taken = false;
    behind = false;
    if (!first) return;
    begins(first === later);
    first.begin();
  };
  /** @returns for how many of the background it waited */
  const turn = (isBackground: boolean, waitMs: number): Promise<number> => {
    if (!taken) {
      begins(isBackground);
      return Promise.resolve(0);
    }
    if (requests.size + background.size >= maxWaiting)
      return Promise.reject(busy(`more than ${maxWaiting} statements wait`));
    const queue = isBackground ? background : requests;
    const before = behind ? gone - 1 : gone;
    return new Promise((resolve, reject) => {
      const begin = () => {
        queue.delete(waiter);
        timer.cancel();
        resolve(gone - before - (isBackground ? 1 : 0));
      };
      const waiter: Waiter = { sinceMs: clock.monotonic(), before, begin };
      const timer = clock.after(waitMs, () => {
        queue.delete(waiter);
        reject(busy(`no turn within ${waitMs} ms`));
      });
      queue.add(waiter);
    });
  };
  return {
    take: async (work, waitMs = waitTimeoutMs) => {
      const isBackground = isInBackground();
      const askedMs = clock.monotonic();
      const behindBackground = await turn(isBackground, waitMs);
      try {
        await ready();
        const begunMs = clock.monotonic();
        let [statements, rows] = [0, 0];
        let slowest: Statement | undefined;
        try {
          return await work((more, statement) => {
            statements += 1;
            rows += more;
            if (statement.tookMs >= (slowest?.tookMs ?? 0)) slowest = statement;
          });
        } finally {
          const [waitedMs, tookMs] = [begunMs - askedMs, clock.monotonic() - begunMs];
          watch?.({ isBackground, waitedMs, behindBackground, tookMs, statements, slowest, rows });
        }
      } finally {
        next();
      }
    },
  };
};

const busy = (why: string) =>
  new AppError('unavailable', 'The database is too busy.', { cause: new Error(why), retryAfterMs: 1_000 });
