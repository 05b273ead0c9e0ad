import type { Clock } from '../../clock/clock.js';
import { AppError } from '../../errors/errors.js';
import type { QueryResult } from './thread/protocol.js';
import { createTurns, type Note, type Turns, type TurnsOptions } from './turns.js';

type RowMode = 'array' | 'object';
type Run = (text: string, params: unknown[], rowMode: RowMode) => Promise<QueryResult>;

export interface Querying {
  query(text: string, params?: unknown[], options?: { rowMode?: RowMode }): Promise<QueryResult>;
}

/** The part of a PGlite client that drizzle uses. */
export interface PgliteSession extends Querying {
  transaction<T>(work: (client: Querying) => Promise<T>): Promise<T>;
  /** Runs `work` while nobody else has the connection, and without a transaction. Its bound is the caller's. */
  alone<T>(work: (client: Querying) => Promise<T>): Promise<T>;
}

export interface PgliteSessionOptions extends TurnsOptions {
  /** What its database is called where it is told who had the connection. Default pglite. */
  readonly name?: string;
  /** Shared with other sessions on the same connection. Default its own. */
  readonly turns?: Turns;
  /** After this time a transaction is rolled back. Default 15 000. */
  readonly transactionTimeoutMs?: number;
}

/**
 * Lets many callers share the one connection that PGlite has: whoever has the turn (one statement, or one whole
 * transaction) has it alone.
 */
export const createPgliteSession = (run: Run, options: PgliteSessionOptions): PgliteSession => {
  const { clock, turns = createTurns(options), waitTimeoutMs, transactionTimeoutMs = 15_000 } = options;
  const { name: database = 'pglite' } = options;
  const noted = async (note: Note, text: string, params: unknown[], rowMode: RowMode) => {
    const askedMs = clock.monotonic();
    const result = await run(text, params, rowMode);
    const rows = Math.max(result.rows.length, result.affectedRows ?? 0);
    note(rows, { database, text, tookMs: clock.monotonic() - askedMs });
    return result;
  };
  const query: Querying['query'] = (text, params = [], { rowMode = 'object' } = {}) =>
    turns.take((note) => noted(note, text, params, rowMode), waitTimeoutMs);
  /** The connection for as long as `work` takes; what it asks later is refused. */
  const lend = async <T>(note: Note, work: (client: Querying) => Promise<T>): Promise<T> => {
    let over = false;
    const client: Querying = {
      query: (text, params = [], { rowMode = 'object' } = {}) =>
        over
          ? Promise.reject(new AppError('internal', 'The transaction is over.'))
          : noted(note, text, params, rowMode),
    };
    try {
      return await work(client);
    } finally {
      over = true;
    }
  };
  const transaction: PgliteSession['transaction'] = (work) =>
    turns.take(async (note) => {
      await run('begin', [], 'object');
      try {
        const result = await lend(note, (client) => within(clock, transactionTimeoutMs, work(client)));
        await run('commit', [], 'object');
        return result;
      } catch (err) {
        await run('rollback', [], 'object');
        throw err;
      }
    }, waitTimeoutMs);
  return { query, transaction, alone: (work) => turns.take((note) => lend(note, work), waitTimeoutMs) };
};

const within = <T>(clock: Clock, limitMs: number, work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () =>
      reject(new AppError('deadline_exceeded', 'The transaction took too long.')),
    );
    work.then(resolve, reject).finally(() => timer.cancel());
  });
