import type { Database, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, inArray, isNotNull, lt, sql } from 'drizzle-orm';
import { coins, profiles } from '../schema.js';

/** A coin as the portfolio service has said it. */
export interface SaidCoin {
  /** Of the balance; a coin that was gone and is back has another. */
  readonly id: number;
  /** Lower case. */
  readonly symbol: string;
  /** Lower case. */
  readonly quoteAsset: string;
  /** Decimal text; `0` where it is not held any more: the row stays for a day, so that nothing late brings it back. */
  readonly quantity: string;
  readonly createdAt: Date;
  /** When it was changed. */
  readonly at: Date;
  /** Of the portfolio's balances, as the portfolio service counts it. */
  readonly version: number;
}

/** What a symbol is priced in, by what it is of; both in their cases of a balance. */
export const quoteAssetOf = (via: string, asset: string): string => via.slice(asset.length).toLowerCase();

/**
 * Writes what was said of a coin of the default portfolio of what is owned, unless something newer stands there. Of who
 * keeps them here still, it writes nothing. @returns the portfolio's version with it; undefined where nothing was written
 */
export const writeCoin = async (tx: Transaction, userId: string, coin: SaidCoin): Promise<number | undefined> => {
  await tx.execute(sql`select set_config('tickfolio.projection', 'on', true)`);
  const said = sql`${coin.version}::bigint`;
  const at = sql`${coin.at.toISOString()}::timestamptz`;
  // The profile first, as whoever else changes coins.
  const [profile] = await tx
    .update(profiles)
    .set({
      version: sql`greatest(${profiles.version}, ${profiles.versionBase} + ${said})`,
      asOf: sql`greatest(${profiles.asOf}, ${at})`,
    })
    .where(and(eq(profiles.id, userId), isNotNull(profiles.versionBase)))
    .returning({ base: profiles.versionBase });
  if (!profile || profile.base === null) return undefined;
  const version = profile.base + coin.version;
  const { id, symbol, quoteAsset, quantity, createdAt } = coin;
  const values = { id, quoteAsset, quantity, createdAt, updatedAt: coin.at, version };
  const written = await tx
    .insert(coins)
    .values({ userId, symbol, ...values })
    .onConflictDoUpdate({
      target: [coins.userId, coins.symbol],
      set: values,
      setWhere: sql`${coins.version} < ${version}::bigint`,
    })
    .returning({ id: coins.id });
  return written.length > 0 ? version : undefined;
};

/**
 * Forgets what was said, which is said anew from the first change on, because the portfolio service was restored. What
 * clients see of versions goes on from here. Of who keeps coins here still, it forgets nothing.
 */
export const forgetCoins = async (tx: Transaction, userId: string): Promise<void> => {
  const [adopted] = await tx
    .update(profiles)
    .set({ versionBase: profiles.version })
    .where(and(eq(profiles.id, userId), isNotNull(profiles.adoptedAt)))
    .returning({ id: profiles.id });
  if (!adopted) return;
  await tx.execute(sql`select set_config('tickfolio.projection', 'on', true)`);
  await tx.delete(coins).where(eq(coins.userId, userId));
};

/** @returns how many went, at most `limit` */
export const forgetGoneCoins = (db: Database, limit: number): Promise<number> =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('tickfolio.projection', 'on', true)`);
    const gone = tx
      .select({ id: coins.id })
      .from(coins)
      .innerJoin(profiles, and(eq(profiles.id, coins.userId), isNotNull(profiles.adoptedAt)))
      .where(and(eq(coins.quantity, '0'), lt(coins.updatedAt, sql`now() - interval '1 day'`)))
      .orderBy(asc(coins.updatedAt))
      .limit(limit)
      .for('update', { of: coins, skipLocked: true });
    const deleted = await tx.delete(coins).where(inArray(coins.id, gone)).returning({ id: coins.id });
    return deleted.length;
  });
