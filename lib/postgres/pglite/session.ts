import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { QueryResult } from './protocol.js';

type RowMode = 'array' | 'object';
type Run = (text: string, params: unknown[], rowMode: RowMode) => Promise<QueryResult>;

interface Querying {
  query(text: string, params?: unknown[], options?: { rowMode?: RowMode }): Promise<QueryResult>;
}

/** The part of a PGlite client that drizzle uses. */
export interface PgliteSession extends Querying {
  transaction<T>(work: (client: Querying) => Promise<T>): Promise<T>;
  /** Runs `work` while nobody else has the connection, and without a transaction. Its bound is the caller's. */
  alone<T>(work: (client: Querying) => Promise<T>): Promise<T>;
}

export interface PgliteSessionOptions {
  readonly clock: Clock;
  /** Called at the beginning of every turn, before anything is run. */
  readonly ready?: () => Promise<void>;
  /** How many statements and transactions may wait for their turn. Default 1 000. */
  readonly maxWaiting?: number;
  /** How long one may wait for its turn. Default 10 000. */
  readonly waitTimeoutMs?: number;
  /** After this time a transaction is rolled back. Default 15 000. */
  readonly transactionTimeoutMs?: number;
}

/**
 * Lets many callers share the one connection that PGlite has: whoever has the turn (one statement, or one whole transaction)
 * has it alone, in the order of asking.
 */
export const createPgliteSession = (run: Run, options: PgliteSessionOptions): PgliteSession => {
  const { clock, ready = async () => undefined, maxWaiting = 1_000, waitTimeoutMs = 10_000, transactionTimeoutMs = 15_000 } = options;
  const waiting = new Set<() => void>();
  let taken = false;

  const next = () => {
    const [first] = waiting;
    if (first) first();
    else taken = false;
  };
  const turn = (): Promise<void> => {
    if (!taken) {
      taken = true;
      return Promise.resolve();
    }
    if (waiting.size >= maxWaiting) return Promise.reject(busy(`more than ${maxWaiting} statements wait`));
    return new Promise((resolve, reject) => {
      const begin = () => {
        waiting.delete(begin);
        timer.cancel();
        resolve();
      };
      const timer = clock.after(waitTimeoutMs, () => {
        waiting.delete(begin);
        reject(busy(`no turn within ${waitTimeoutMs} ms`));
      });
      waiting.add(begin);
    });
  };
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    await turn();
    try {
      await ready();
      return await work();
    } finally {
      next();
    }
  };
  const query: Querying['query'] = (text, params = [], { rowMode = 'object' } = {}) => inTurn(() => run(text, params, rowMode));
  /** The connection for as long as `work` takes; what it asks later is refused. */
  const lend = async <T>(work: (client: Querying) => Promise<T>): Promise<T> => {
    let over = false;
    const client: Querying = {
      query: (text, params = [], { rowMode = 'object' } = {}) =>
        over ? Promise.reject(new AppError('internal', 'The transaction is over.')) : run(text, params, rowMode),
    };
    try {
      return await work(client);
    } finally {
      over = true;
    }
  };
  const transaction: PgliteSession['transaction'] = (work) =>
    inTurn(async () => {
      await run('begin', [], 'object');
      try {
        const result = await lend((client) => within(clock, transactionTimeoutMs, work(client)));
        await run('commit', [], 'object');
        return result;
      } catch (err) {
        await run('rollback', [], 'object');
        throw err;
      }
    });
  return { query, transaction, alone: (work) => inTurn(() => lend(work)) };
};

const busy = (why: string) => new AppError('unavailable', 'The database is too busy.', { cause: new Error(why), retryAfterMs: 1_000 });

const within = <T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(new AppError('deadline_exceeded', 'The transaction took too long.')));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
