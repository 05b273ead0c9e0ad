import { differentRequest } from '@tickfolio/lib/errors';
import { canonical, type Decimal, formatDecimal } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, type SQL } from 'drizzle-orm';
import { portfolioChanges } from '../schema.js';

/** One holding as it is kept. */
export interface Coin {
  readonly id: number;
  readonly userId: string;
  readonly symbol: string;
  readonly quoteAsset: string;
  /** Canonical decimal text. */
  readonly quantity: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The portfolio's version as the quantity was written last. */
  readonly version: number;
}

/** A committed change of one coin. */
export interface Change {
  readonly id: string;
  /** What was added, canonical decimal text; negative where it was taken away. */
  readonly delta: string;
  /** As it was left, with the portfolio's version of then; quantity `0` where it is not held any more. */
  readonly coin: Coin;
}

/** What a change is asked for as; the same for the same request only. */
export const changeAsked = (symbol: string, by: Decimal): string => `change ${symbol} ${formatDecimal(by)}`;
export const removalAsked = (symbol: string): string => `remove ${symbol}`;

/** A change that was made here, and the one that reversed it. */
export interface MadeHere {
  readonly change: Change;
  readonly undone: Change | undefined;
}

export type ChangeRow = typeof portfolioChanges.$inferSelect;

export const toChange = (row: ChangeRow): Change => {
  const { coinId: id, coinCreatedAt: createdAt, madeAt: updatedAt, userId, symbol, quoteAsset, version } = row;
  const coin = { id, userId, symbol, quoteAsset, quantity: canonical(row.quantity), createdAt, updatedAt, version };
  return { id: row.id, delta: canonical(row.delta), coin };
};

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const findChange = async (
  db: Pick<Database, 'select'>,
  userId: string,
  condition: SQL,
): Promise<ChangeRow | undefined> => {
  const [found] = await db
    .select()
    .from(portfolioChanges)
    .where(and(eq(portfolioChanges.userId, userId), condition));
  return found;
};

/** What was made under a key. @throws AppError failed_precondition where it stands for another request */
export const findMade = async (
  db: Pick<Database, 'select'>,
  userId: string,
  key: string,
  asked: string,
): Promise<Change | undefined> => {
  const known = await findChange(db, userId, eq(portfolioChanges.idempotencyKey, key));
  if (known && known.request !== asked) throw differentRequest();
  return known && toChange(known);
};

export const findMadeHere = async (
  db: Pick<Database, 'select'>,
  userId: string,
  changeId: string,
): Promise<MadeHere | undefined> => {
  if (!uuidPattern.test(changeId)) return undefined;
  const made = await findChange(db, userId, eq(portfolioChanges.id, changeId));
  if (!made) return undefined;
  const undone = await findChange(db, userId, eq(portfolioChanges.undoes, changeId));
  return { change: toChange(made), undone: undone && toChange(undone) };
};
