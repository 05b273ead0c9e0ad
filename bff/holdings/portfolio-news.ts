import type { DomainEvent, TypesOf } from '@tickfolio/lib/events/domain-event';
import type { portfolioEvents } from '@tickfolio/lib/events/portfolio-events';
import type { Transaction } from '@tickfolio/lib/postgres';
import { and, eq, lt, sql } from 'drizzle-orm';
import { portfolios } from '../schema.js';

/** A portfolio, as its service says it. */
export type KnownPortfolio = typeof portfolios.$inferInsert;

/** Writes a portfolio down, unless something later is known of it. */
export const writePortfolio = async (tx: Transaction, known: KnownPortfolio): Promise<void> => {
  const { id, ...rest } = known;
  await tx
    .insert(portfolios)
    .values(known)
    .onConflictDoUpdate({ target: portfolios.id, set: rest, setWhere: sql`${portfolios.version} < excluded.version` });
};

/**
 * Forgets a portfolio, which is told anew from the first event on, if it is still there: its service was restored. The
 * row stays, out of sight, because what was in it counts in the version of all together, which must not fall.
 * @returns whose it was
 */
export const forgetPortfolio = async (tx: Transaction, id: string): Promise<string | undefined> => {
  const gone = sql`coalesce(${portfolios.archivedAt}, now())`;
  const [known] = await tx
    .update(portfolios)
    .set({ version: 0, archivedAt: gone })
    .where(eq(portfolios.id, id))
    .returning({ userId: portfolios.userId });
  return known?.userId;
};

/** Makes true what becomes of portfolios. Watchlists are not kept here. */
export const takePortfolioNews = async (
  tx: Transaction,
  event: DomainEvent<TypesOf<typeof portfolioEvents>>,
): Promise<void> => {
  const { version, userId } = event;
  switch (event.type) {
    case 'portfolio.created':
    case 'portfolio.updated': {
      const { portfolioId: id, name, kind, baseCurrencyCode, isDefault, simulated } = event.data;
      // A restore may have forgotten it; whether it is archived comes after it was made.
      const anew = event.type === 'portfolio.created' ? { archivedAt: null } : {};
      await writePortfolio(tx, { id, userId, name, kind, baseCurrencyCode, isDefault, simulated, version, ...anew });
      return;
    }
    case 'portfolio.archived': {
      const { portfolioId } = event.data;
      await tx
        .update(portfolios)
        .set({ archivedAt: new Date(event.time), version })
        .where(and(eq(portfolios.id, portfolioId), lt(portfolios.version, version)));
      return;
    }
  }
};
