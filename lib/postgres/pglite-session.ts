import type { Clock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import type { QueryResult } from './pglite-protocol.js';

type RowMode = 'array' | 'object';
type Run = (text: string, params: unknown[], rowMode: RowMode) => Promise<QueryResult>;

interface Querying {
  query(text: string, params?: unknown[], options?: { rowMode?: RowMode }): Promise<QueryResult>;
}

/** The part of a PGlite client that drizzle uses. */
export interface PgliteSession extends Querying {
  transaction<T>(work: (client: Querying) => Promise<T>): Promise<T>;
}

export interface PgliteSessionOptions {
  readonly clock: Clock;
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
  const { clock, maxWaiting = 1_000, waitTimeoutMs = 10_000, transactionTimeoutMs = 15_000 } = options;
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
  const query: Querying['query'] = async (text, params = [], { rowMode = 'object' } = {}) => {
    await turn();
    try {
      return await run(text, params, rowMode);
    } finally {
      next();
    }
  };
  const transaction: PgliteSession['transaction'] = async (work) => {
    await turn();
    let over = false;
    const client: Querying = {
      query: (text, params = [], { rowMode = 'object' } = {}) =>
        over ? Promise.reject(new AppError('internal', 'The transaction is over.')) : run(text, params, rowMode),
    };
    try {
      await run('begin', [], 'object');
      try {
        const result = await within(clock, transactionTimeoutMs, work(client));
        over = true;
        await run('commit', [], 'object');
        return result;
      } catch (err) {
        over = true;
        await run('rollback', [], 'object');
        throw err;
      }
    } finally {
      next();
    }
  };
  return { query, transaction };
};

const busy = (why: string) => new AppError('unavailable', 'The database is too busy.', { cause: new Error(why), retryAfterMs: 1_000 });

const within = <T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(new AppError('deadline_exceeded', 'The transaction took too long.')));
    work.then(resolve, reject).finally(() => timer.cancel());
  });
