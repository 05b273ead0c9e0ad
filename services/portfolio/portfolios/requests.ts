import { differentRequest } from '@tickfolio/lib/errors';
import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, inArray, lt, sql } from 'drizzle-orm';
import { findAnswer, hashOf, idOfKey } from '../postings/once.js';
import { postings } from '../postings/tables.js';
import { requests } from '../schema.js';

/** What is asked for once, however often it is asked. */
export interface Asked {
  readonly userId: string;
  /** Names the request; empty for one that cannot be repeated. */
  readonly key: string;
  /** The same for the same request only. */
  readonly request: string;
}

/** How long what a build of before was asked for is answered the same. */
const keptS = 7 * 24 * 3_600;

/** A build of before wrote what was asked for beside the books, where nobody else looked for the key. */
const findFormer = async (tx: Transaction, { userId, key, request }: Asked): Promise<object | undefined> => {
  const [known] = await tx
    .select()
    .from(requests)
    .where(and(eq(requests.userId, userId), eq(requests.key, key)));
  if (known && known.request !== request) throw differentRequest();
  return known && (known.result as object);
};

/**
 * Makes a portfolio, unless it was made under this key: then answers as it did then. It stands among the postings, as
 * one that moves nothing, so that a key names one request of the user, of whichever kind. The caller has locked the owner.
 * @throws AppError failed_precondition for the key of another request, invalid_argument for what is no key
 */
export const once = async <Result extends { readonly id: string }>(
  tx: Transaction,
  time: DatabaseTime,
  asked: Asked,
  make: () => Promise<Result>,
): Promise<Result> => {
  const { userId, key, request } = asked;
  if (key === '') return make();
  const [id, requestHash] = [idOfKey(userId, key), hashOf('create', request)];
  const before = (await findAnswer<Result>(tx, id, requestHash)) ?? (await findFormer(tx, asked));
  if (before) return before as Result;
  const made = await make();
  const about = { portfolioId: made.id, kind: 'create', refType: 'portfolio', refId: made.id } as const;
  await tx.insert(postings).values({ id, ...about, requestHash, result: made, createdAt: time() });
  return made;
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
