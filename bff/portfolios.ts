import { AppError } from '@tickfolio/lib/errors';
import { canonical, type Decimal, formatDecimal, negate } from '@tickfolio/lib/money';
import { type Database, fromPostgresError, sqlState } from '@tickfolio/lib/postgres';
import { and, asc, count, eq, gt, inArray, type SQL, sql } from 'drizzle-orm';
import { coins, profiles } from './schema.js';

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
}

export interface Owner {
  readonly userId: string;
  readonly userName: string;
}

/** A symbol somebody holds; both lower case. */
export interface HeldSymbol {
  readonly symbol: string;
  readonly quoteAsset: string;
}

/** Profiles and coins in the database. Every method throws AppError `unavailable` when the database is away. */
export interface Portfolios {
  /** Creates the profile; harmless when it is there. */
  createProfile(owner: Owner): Promise<void>;
  /** The owner's coins, oldest first; creates the profile when it is missing. */
  read(owner: Owner): Promise<Coin[]>;
  /** The coins of several users at once, oldest first; users without coins are left out. */
  readMany(userIds: readonly string[]): Promise<Map<string, Coin[]>>;
  /** Adds to a coin that is held; undefined when it is not. @throws AppError failed_precondition when the sum has too many digits */
  increase(userId: string, symbol: string, by: Decimal): Promise<Coin | undefined>;
  /** Starts to hold a coin, or adds to it. @throws AppError failed_precondition past the coin limit or with too many digits */
  open(owner: Owner, held: HeldSymbol, quantity: Decimal): Promise<Coin>;
  /**
   * Takes away from a coin; down to exactly zero removes it. Concurrent calls never take more than there is.
   * @returns undefined when the coin is not held. @throws AppError failed_precondition when less is held
   */
  decrease(userId: string, symbol: string, by: Decimal): Promise<Coin | undefined>;
  /** @returns false when the coin was not held */
  remove(userId: string, symbol: string): Promise<boolean>;
  /** Every symbol that somebody holds. */
  symbols(): Promise<HeldSymbol[]>;
}

export interface PortfoliosOptions {
  /** How many different coins one profile may hold. Default 500. */
  readonly maxCoins?: number;
}

type Row = typeof coins.$inferSelect;

const toCoin = (row: Row): Coin => ({ ...row, quantity: canonical(row.quantity) });

const numericOutOfRange = '22003';

/** Walks the index from symbol to symbol, so that its cost grows with the symbols and not with the holdings. */
const heldSymbols = sql`(
  with recursive held as (
    (select symbol, quote_asset from coins where quantity > 0 order by symbol limit 1)
    union all
    select next.symbol, next.quote_asset from held, lateral (
      select symbol, quote_asset from coins where symbol > held.symbol and quantity > 0 order by symbol limit 1
    ) next
  ) select symbol, quote_asset from held
) held`;

const translate = (thrown: unknown): AppError =>
  sqlState(thrown) === numericOutOfRange
    ? new AppError('failed_precondition', 'The quantity held would have more than 20 digits before the point; nothing was changed.')
    : fromPostgresError(thrown);

const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw translate(thrown);
  }
};

export const createPortfolios = (db: Database, { maxCoins = 500 }: PortfoliosOptions = {}): Portfolios => {
  const ofCoin = (userId: string, symbol: string): SQL | undefined => and(eq(coins.userId, userId), eq(coins.symbol, symbol));
  const insertProfile = ({ userId, userName }: Owner) => db.insert(profiles).values({ id: userId, name: userName }).onConflictDoNothing();

  return {
    createProfile: (owner) => orFault(async () => void (await insertProfile(owner))),
    read: (owner) =>
      orFault(async () => {
        const [profile] = await db.select({ id: profiles.id }).from(profiles).where(eq(profiles.id, owner.userId));
        if (!profile) await insertProfile(owner);
        const rows = await db
          .select()
          .from(coins)
          .where(and(eq(coins.userId, owner.userId), gt(coins.quantity, '0')))
          .orderBy(asc(coins.id));
        return rows.map(toCoin);
      }),
    readMany: (userIds) =>
      orFault(async () => {
        const byUser = new Map<string, Coin[]>();
        const rows = await db
          .select()
          .from(coins)
          .where(and(inArray(coins.userId, [...userIds]), gt(coins.quantity, '0')))
          .orderBy(asc(coins.id));
        for (const row of rows) {
          const list = byUser.get(row.userId);
          if (list) list.push(toCoin(row));
          else byUser.set(row.userId, [toCoin(row)]);
        }
        return byUser;
      }),
    increase: (userId, symbol, by) =>
      orFault(async () => {
        const [row] = await db
          .update(coins)
          .set({ quantity: sql`${coins.quantity} + ${formatDecimal(by)}::numeric`, updatedAt: sql`now()` })
          .where(and(ofCoin(userId, symbol), gt(coins.quantity, '0')))
          .returning();
        return row && toCoin(row);
      }),
    open: (owner, { symbol, quoteAsset }, quantity) =>
      orFault(() =>
        db.transaction(async (tx) => {
          // The upsert locks the profile's row, so that concurrent new coins are counted one after the other.
          await tx
            .insert(profiles)
            .values({ id: owner.userId, name: owner.userName })
            .onConflictDoUpdate({ target: profiles.id, set: { name: owner.userName } });
          const [held] = await tx
            .select({ coins: count() })
            .from(coins)
            .where(and(eq(coins.userId, owner.userId), gt(coins.quantity, '0'), sql`${coins.symbol} <> ${symbol}`));
          if ((held?.coins ?? 0) >= maxCoins) {
            throw new AppError('failed_precondition', `A portfolio holds at most ${maxCoins} different coins; remove one first.`);
          }
          const [row] = await tx
            .insert(coins)
            .values({ userId: owner.userId, symbol, quoteAsset, quantity: formatDecimal(quantity) })
            .onConflictDoUpdate({
              target: [coins.userId, coins.symbol],
              set: { quantity: sql`${coins.quantity} + excluded.quantity`, quoteAsset, updatedAt: sql`now()` },
            })
            .returning();
          return toCoin(row as Row);
        }),
      ),
    decrease: (userId, symbol, by) =>
      orFault(async () => {
        const amount = formatDecimal(by);
        // The condition is evaluated again on the row's newest version once its lock is had: two decreases cannot both pass on the same amount.
        const [row] = await db
          .update(coins)
          .set({ quantity: sql`${coins.quantity} - ${amount}::numeric`, updatedAt: sql`now()` })
          .where(and(ofCoin(userId, symbol), gt(coins.quantity, '0'), sql`${coins.quantity} >= ${amount}::numeric`))
          .returning();
        if (row) {
          const coin = toCoin(row);
          if (coin.quantity === '0') await db.delete(coins).where(and(ofCoin(userId, symbol), eq(coins.quantity, '0')));
          return coin;
        }
        const [held] = await db
          .select()
          .from(coins)
          .where(and(ofCoin(userId, symbol), gt(coins.quantity, '0')));
        if (!held) return undefined;
        throw new AppError(
          'failed_precondition',
          `${canonical(held.quantity)} ${symbol} is held; ${formatDecimal(negate(by))} would make it negative. Nothing was changed.`,
        );
      }),
    remove: (userId, symbol) =>
      orFault(async () => {
        const rows = await db
          .delete(coins)
          .where(and(ofCoin(userId, symbol), gt(coins.quantity, '0')))
          .returning({ id: coins.id });
        return rows.length > 0;
      }),
    symbols: () =>
      orFault(() => db.select({ symbol: sql<string>`held.symbol`, quoteAsset: sql<string>`held.quote_asset` }).from(heldSymbols)),
  };
};
