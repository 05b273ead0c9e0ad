import { AppError, differentRequest } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import { requests } from '../schema.js';

/** What is asked for once, however often it is asked. */
export interface Asked {
  readonly userId: string;
  /** Names the request; empty for one that cannot be repeated. */
  readonly key: string;
  /** The same for the same request only. */
  readonly request: string;
}

const keyPattern = /^[\x21-\x7e]{0,255}$/;
/** How long a request is answered the same. */
const keptS = 7 * 24 * 3_600;

/**
 * Does the work, unless it was done under this key: then answers as it did then. The caller has locked the owner.
 * @throws AppError failed_precondition for the key of another request, invalid_argument for what is no key
 */
export const once = async <Result extends object>(
  tx: Transaction,
  time: DatabaseTime,
  { userId, key, request }: Asked,
  work: () => Promise<Result>,
): Promise<Result> => {
  if (!keyPattern.test(key))
    throw new AppError('invalid_argument', 'The Idempotency-Key cannot be used.', {
      fields: [{ field: 'idempotency-key', message: 'must be at most 255 visible ASCII characters without blanks' }],
    });
  if (key === '') return work();
  const [known] = await tx
    .select()
    .from(requests)
    .where(and(eq(requests.userId, userId), eq(requests.key, key)));
  if (known && known.request !== request) throw differentRequest();
  if (known) return known.result as Result;
  const result = await work();
  await tx.insert(requests).values({ userId, key, request, result, createdAt: time() });
  return result;
};

/** Forgets requests that are too old to be repeated, up to `limit`. @returns how many went */
export const createForgetRequests =
  (db: Database, time: DatabaseTime) =>
  async (limit: number): Promise<number> => {
    const old = db
      .select({ place: sql`ctid` })
      .from(requests)
      .where(lt(requests.createdAt, sql`${time()} - make_interval(secs => ${keptS})`))
      .orderBy(asc(requests.createdAt))
      .limit(limit)
      .for('update', { skipLocked: true });
    const gone = await db.delete(requests).where(inArray(sql`ctid`, old)).returning({ key: requests.key });
    return gone.length;
  };
