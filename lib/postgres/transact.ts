import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import { AppError } from '../errors/errors.js';
import { fromPostgresError } from './sql-error.js';

type Transacting = Pick<PgDatabase<PgQueryResultHKT>, 'transaction'>;
type Work<T> = (tx: Parameters<Parameters<Transacting['transaction']>[0]>[0]) => Promise<T>;

/** `unavailable`, of a transaction that was all done when the database went away: it may have been committed. */
export class UnansweredCommitError extends AppError {}

/**
 * A transaction of which it matters whether it was done. @throws UnansweredCommitError where nobody knows; else nothing
 * was done: `unavailable` where it took too long, and what else the database or the work throws
 */
export const transact = async <T>(db: Transacting, work: Work<T>): Promise<T> => {
  let isCommitting = false;
  try {
    return await db.transaction(async (tx) => {
      const result = await work(tx);
      isCommitting = true;
      return result;
    });
  } catch (thrown) {
    const error = fromPostgresError(thrown);
    // What the database itself ends is undone, also where it was to commit.
    if (error.code === 'deadline_exceeded') throw tooSlow(error);
    if (!isCommitting || error.code !== 'unavailable') throw thrown;
    const { message, retryAfterMs = 1_000 } = error;
    throw new UnansweredCommitError('unavailable', message, { cause: error, retryAfterMs });
  }
};

/** Not as of an answer that did not come in time: that would say of nothing that it may have been done. */
const tooSlow = (cause: AppError): AppError =>
  new AppError('unavailable', 'The database took too long to answer; nothing was changed.', {
    cause,
    retryAfterMs: 1_000,
  });
