import { type Database, databaseTime, fromPostgresError } from '@tickfolio/lib/postgres';
import { asc, eq, gt, sql } from 'drizzle-orm';
import { isErased, lockUser } from '../erasure/erased-users.js';
import type { HeldSymbol } from '../market/symbols.js';
import { holdings, portfolios, viewedPortfolios } from '../schema.js';
import { marketOf } from './markets.js';

/** A portfolio besides the default one, or `all`, on a socket of its user. */
export interface ViewedPortfolio {
  readonly userId: string;
  readonly portfolioId: string;
}

/**
 * Portfolios whose symbols are followed because somebody has them on a socket. In the database, so that all replicas
 * know the same ones. Every method throws AppError `unavailable` when that is away.
 */
export interface ViewedPortfolios {
  /** For `viewedMs` from now on. Nothing of a user whose account was deleted. */
  begin(viewed: ViewedPortfolio): Promise<void>;
  /** The same of those that were begun. @returns those that were forgotten meanwhile */
  renew(viewed: readonly ViewedPortfolio[]): Promise<readonly ViewedPortfolio[]>;
  /** What is held in them, and what turns the cash of anybody into USDT; each once. */
  symbols(): Promise<HeldSymbol[]>;
}

/** Who has one on a socket renews it before. */
export const viewedMs = 30_000;
/** Of one statement. */
const maxRenewed = 500;
const forgottenAtOnce = 100;
/** Different ones of all together: half of what one aggregator follows. */
const maxSymbols = 1_000;

export const createViewedPortfolios = (db: Database, time = databaseTime): ViewedPortfolios => {
  const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  };
  const until = () => sql`${time()} + ${viewedMs} * interval '1 millisecond'`;
  const forget = () =>
    db.execute(sql`delete from ${viewedPortfolios} where (user_id, portfolio_id) in (
      select user_id, portfolio_id from ${viewedPortfolios} where until <= ${time()} limit ${forgottenAtOnce} for update skip locked)`);
  const renewSome = async (viewed: readonly ViewedPortfolio[]): Promise<readonly ViewedPortfolio[]> => {
    const pairs = sql.join(
      viewed.map(({ userId, portfolioId }) => sql`(${userId}, ${portfolioId})`),
      sql`, `,
    );
    const { userId, portfolioId } = viewedPortfolios;
    // In one order, so that replicas with the same people wait for each other and never for ever.
    const locked = db
      .select({ userId, portfolioId })
      .from(viewedPortfolios)
      .where(sql`(${userId}, ${portfolioId}) in (${pairs})`)
      .orderBy(asc(userId), asc(portfolioId))
      .for('update');
    const renewed = await db
      .update(viewedPortfolios)
      .set({ until: until() })
      .where(sql`(${userId}, ${portfolioId}) in ${locked}`)
      .returning({ userId: viewedPortfolios.userId, portfolioId: viewedPortfolios.portfolioId });
    const known = new Set(renewed.map(({ userId, portfolioId }) => `${userId} ${portfolioId}`));
    return viewed.filter(({ userId, portfolioId }) => !known.has(`${userId} ${portfolioId}`));
  };
  const isLive = () => gt(viewedPortfolios.until, time());
  const isOfDefault = sql`${portfolios.isDefault} and ${portfolios.kind} = 'tracking'`;
  return {
    begin: ({ userId, portfolioId }) =>
      orFault(async () => {
        await forget();
        await db.transaction(async (tx) => {
          await lockUser(tx, userId);
          if (await isErased(tx, userId)) return;
          await tx
            .insert(viewedPortfolios)
            .values({ userId, portfolioId, until: until() })
            .onConflictDoUpdate({
              target: [viewedPortfolios.userId, viewedPortfolios.portfolioId],
              set: { until: until() },
            });
        });
      }),
    renew: (viewed) =>
      orFault(async () => {
        const lost: ViewedPortfolio[] = [];
        for (let from = 0; from < viewed.length; from += maxRenewed)
          lost.push(...(await renewSome(viewed.slice(from, from + maxRenewed))));
        return lost;
      }),
    symbols: () =>
      orFault(async () => {
        const held = { asset: holdings.asset, via: holdings.via };
        const isViewed = sql`${portfolios.userId} = ${viewedPortfolios.userId}
          and (${viewedPortfolios.portfolioId} = ${portfolios.id}::text
          or (${viewedPortfolios.portfolioId} = 'all' and ${portfolios.kind} <> 'paper' and ${portfolios.archivedAt} is null))`;
        // From the few that are viewed: every replica asks this every two seconds, however much all people hold.
        const viewed = await db
          .selectDistinct(held)
          .from(viewedPortfolios)
          .innerJoin(portfolios, isViewed)
          .innerJoin(holdings, eq(holdings.portfolioId, portfolios.id))
          .where(isLive())
          .orderBy(asc(holdings.asset), asc(holdings.via))
          .limit(maxSymbols);
        // Frames of the default one have its cash, and whoever has it on a socket need not say so.
        const cash = await db
          .selectDistinct(held)
          .from(holdings)
          .innerJoin(portfolios, eq(portfolios.id, holdings.portfolioId))
          .where(sql`${holdings.via} = '' and ${holdings.asset} <> 'USDT' and ${isOfDefault}`)
          .orderBy(asc(holdings.asset), asc(holdings.via))
          .limit(maxSymbols);
        return [...viewed, ...cash].slice(0, maxSymbols).flatMap(({ asset, via }) => marketOf(asset, via) ?? []);
      }),
  };
};

/** What is held anyway, and what of it somebody has on a socket besides. */
export const withViewed = (
  held: { symbols(): Promise<HeldSymbol[]> },
  viewed: Pick<ViewedPortfolios, 'symbols'>,
): { symbols(): Promise<HeldSymbol[]> } => ({
  symbols: async () => [...(await held.symbols()), ...(await viewed.symbols())],
});
