import type { Balance } from '@tickfolio/gen/portfolio/v1';
import type { Database, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, eq, inArray, isNotNull, lt, lte, ne, or, type SQL, sql } from 'drizzle-orm';
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

export const saidOf = ({ id, asset, via, available, version, createdAtMs, updatedAtMs }: Balance): SaidCoin => {
  const times = { createdAt: new Date(createdAtMs), at: new Date(updatedAtMs) };
  return { id, symbol: via, quoteAsset: quoteAssetOf(via, asset), quantity: available, version, ...times };
};

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
      // One of far ahead was said while a clock was: it would stand until then, whatever is said since.
      asOf: sql`case when ${profiles.asOf} > now() + interval '1 minute' then ${at} else greatest(${profiles.asOf}, ${at}) end`,
    })
    .where(and(eq(profiles.id, userId), isNotNull(profiles.versionBase)))
    .returning({ base: profiles.versionBase });
  if (!profile || profile.base === null) return undefined;
  const version = profile.base + coin.version;
  const { id, symbol, quoteAsset, quantity, createdAt } = coin;
  // Given once more by a portfolio service that was restored: who had it before is shown on, under another.
  const isOfAnother = or(ne(coins.userId, userId), ne(coins.symbol, symbol));
  await tx
    .update(coins)
    .set({ id: sql`default` })
    .where(and(eq(coins.id, id), isOfAnother));
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

/** Writes that of these coins nothing is held by a version of the portfolio service, unless something newer stands there. */
export const writeGone = async (
  tx: Transaction,
  userId: string,
  symbols: readonly string[],
  { version, at }: { readonly version: number; readonly at: SQL },
): Promise<void> => {
  await tx.execute(sql`select set_config('tickfolio.projection', 'on', true)`);
  const by = sql`${profiles.versionBase} + ${version}::bigint`;
  const [profile] = await tx
    .update(profiles)
    .set({ version: sql`greatest(${profiles.version}, ${by})` })
    .where(and(eq(profiles.id, userId), isNotNull(profiles.versionBase)))
    .returning({ by: by.mapWith(Number) });
  if (!profile) return;
  const areThese = and(eq(coins.userId, userId), inArray(coins.symbol, [...symbols]));
  await tx
    .update(coins)
    .set({ quantity: '0', version: profile.by, updatedAt: at })
    .where(and(areThese, lte(coins.version, profile.by)));
};

/**
 * What was said is said anew from the first change on, because the portfolio service was restored: perhaps to before it
 * had these coins. So they are handed over once more, which changes nothing where it has them, and stay until then. What
 * clients see of versions goes on from here. Of who keeps coins here still, it changes nothing.
 */
export const doubtCoins = async (tx: Transaction, userId: string): Promise<void> => {
  await tx
    .update(profiles)
    .set({ adoptedAt: null, versionBase: sql`${profiles.version}` })
    .where(and(eq(profiles.id, userId), isNotNull(profiles.adoptedAt)));
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
