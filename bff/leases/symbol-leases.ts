import { AppError } from '@tickfolio/lib/errors';
import { type Database, databaseTime, fromPostgresError } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, lt, ne, type SQL, sql } from 'drizzle-orm';
import { isErased, lockUser } from '../erasure/erased-users.js';
import type { HeldSymbol } from '../market/symbols.js';
import { symbolLeases } from '../schema.js';

/**
 * Symbols that are followed for a while because somebody looks at them. In the database, so that all replicas know the
 * same ones. Every method throws AppError `unavailable` when that is away.
 */
export interface SymbolLeases {
  /**
   * Follows the symbol for `leaseMs` from now on, also where the user has it already.
   * @returns until when, epoch milliseconds. @throws AppError resource_exhausted for one too many
   */
  take(userId: string, held: HeldSymbol): Promise<number>;
  /** Follows what is watched for `leaseMs` from now on, for nobody alone; of very many symbols the first ones. */
  follow(watched: readonly HeldSymbol[]): Promise<void>;
  /** Does nothing where there is none. */
  end(userId: string, symbol: string): Promise<void>;
  /** What is leased now, each once, in order. */
  symbols(): Promise<HeldSymbol[]>;
}

/** A page that is open asks again before. */
export const leaseMs = 60_000;
/** Of one user: as many pages of coins as somebody has open. */
const maxPerUser = 10;
/** Of all users together, different ones: a quarter of what one aggregator follows. */
const maxSymbols = 500;

/** Of what is watched: half of what one aggregator follows. */
const maxWatched = 1_000;
/** In whose name that is followed: no account has this id. */
const watchersId = 'watchlists';
/** What lasts longer is not written again: another replica did. */
const renewBelowMs = 45_000;

const forgottenAtOnce = 100;

const tooMany = (message: string) => new AppError('resource_exhausted', message, { retryAfterMs: leaseMs / 2 });

export const createSymbolLeases = (db: Database, time = databaseTime): SymbolLeases => {
  const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  };
  /** Some of what ran out, so that the table stays as small as what is looked at. */
  const forget = () =>
    db.execute(sql`delete from ${symbolLeases} where (user_id, symbol) in (
      select user_id, symbol from ${symbolLeases} where until <= ${time()} limit ${forgottenAtOnce} for update skip locked)`);
  const untilOf = (ms: number) => sql`${time()} + ${ms} * interval '1 millisecond'`;
  const live = () => gt(symbolLeases.until, time());
  const some = (whose: SQL, limit: number): Promise<HeldSymbol[]> =>
    db
      .selectDistinct({ symbol: symbolLeases.symbol, quoteAsset: symbolLeases.quoteAsset })
      .from(symbolLeases)
      .where(and(live(), whose))
      .orderBy(asc(symbolLeases.symbol))
      .limit(limit);
  return {
    take: (userId, { symbol, quoteAsset }) =>
      orFault(async () => {
        await forget();
        return db.transaction(async (tx) => {
          // One after the other of a user, so that no two find the last place free.
          await lockUser(tx, userId);
          if (await isErased(tx, userId)) throw new AppError('unauthenticated', 'The account was deleted.');
          const [counted] = await tx
            .select({
              own: sql<string>`count(*) filter (where ${symbolLeases.userId} = ${userId} and ${symbolLeases.symbol} <> ${symbol})`,
              others: sql<string>`count(distinct ${symbolLeases.symbol}) filter (where ${symbolLeases.symbol} <> ${symbol} and ${symbolLeases.userId} <> ${watchersId})`,
            })
            .from(symbolLeases)
            .where(live());
          if (Number(counted?.own) >= maxPerUser)
            throw tooMany(`You look at ${maxPerUser} coins already that you do not hold; close one of them.`);
          if (Number(counted?.others) >= maxSymbols)
            throw tooMany('Too many coins are looked at that nobody holds; please wait a little.');
          const until = untilOf(leaseMs);
          const [row] = await tx
            .insert(symbolLeases)
            .values({ userId, symbol, quoteAsset, until })
            .onConflictDoUpdate({ target: [symbolLeases.userId, symbolLeases.symbol], set: { until, quoteAsset } })
            .returning({ until: symbolLeases.until });
          return row?.until.getTime() ?? 0;
        });
      }),
    follow: (watched) =>
      orFault(async () => {
        await forget();
        // In one order, so that replicas wait for each other and never for ever.
        const wanted = watched
          .slice(0, maxWatched)
          .map(({ symbol, quoteAsset }) => ({ userId: watchersId, symbol, quoteAsset, until: untilOf(leaseMs) }))
          .sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
        if (wanted.length === 0) return;
        await db
          .insert(symbolLeases)
          .values(wanted)
          .onConflictDoUpdate({
            target: [symbolLeases.userId, symbolLeases.symbol],
            set: { until: untilOf(leaseMs) },
            setWhere: lt(symbolLeases.until, untilOf(renewBelowMs)),
          });
      }),
    end: (userId, symbol) =>
      orFault(async () => {
        await db.delete(symbolLeases).where(and(eq(symbolLeases.userId, userId), eq(symbolLeases.symbol, symbol)));
      }),
    symbols: () =>
      orFault(async () => {
        // Apart, because replicas together may have very many watched, which take no place from what people look at.
        const leased = [
          ...(await some(ne(symbolLeases.userId, watchersId), maxSymbols)),
          ...(await some(eq(symbolLeases.userId, watchersId), maxWatched)),
        ];
        const bySymbol = new Map(leased.map((held) => [held.symbol, held]));
        return [...bySymbol.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
      }),
  };
};

/** What is held, and what is looked at. */
export const withLeases = (
  portfolios: { symbols(): Promise<HeldSymbol[]> },
  leases: Pick<SymbolLeases, 'symbols'>,
): { symbols(): Promise<HeldSymbol[]> } => ({
  symbols: async () => [...(await portfolios.symbols()), ...(await leases.symbols())],
});
