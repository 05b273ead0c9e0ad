import { canonical } from '@tickfolio/lib/money';
import { type Database, fromPostgresError, type Transaction } from '@tickfolio/lib/postgres';
import { and, asc, between, eq, gt, inArray } from 'drizzle-orm';
import { isId } from '../postings/names.js';
import { unknownPortfolio } from '../postings/refusal.js';
import { assets, balances, reservations } from '../postings/tables.js';
import { portfolios } from '../schema.js';

/** What a portfolio has of an asset, canonical decimal text. */
export interface HeldBalance {
  readonly id: number;
  readonly asset: string;
  /** The symbol by which it is valued; empty for cash. */
  readonly via: string;
  readonly available: string;
  readonly reserved: string;
  /** Of the portfolio, when it was changed last. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** What is in a portfolio at one moment. */
export interface HeldBalances {
  readonly portfolioId: string;
  readonly userId: string;
  /** Counts what became of its balances; 0 before the first. */
  readonly version: number;
  /** While only some is here of what its user had elsewhere. */
  readonly adopting: boolean;
  /** In the order in which they began. */
  readonly balances: readonly HeldBalance[];
}

export interface KeptReservation {
  readonly id: string;
  readonly portfolioId: string;
  readonly for: 'order' | 'execution';
  readonly asset: string;
  readonly via: string;
  readonly amount: string;
  readonly remaining: string;
  /** What was given back when it was released. */
  readonly released: string;
  readonly state: 'held' | 'closed' | 'voided' | 'refused';
  readonly reason: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** What the next page comes after; undefined behind the last. */
  readonly next: string | undefined;
}

/** Nothing is changed by these. Every method throws AppError `unavailable` when the database is away. */
export interface Readings {
  /** @throws AppError not_found, also where it is somebody else's */
  balances(portfolioId: string, userId: string): Promise<HeldBalances>;
  /** Of all portfolios, by their ids. @param after of the page before, empty for the first */
  positions(after: string, limit: number): Promise<Page<HeldBalances>>;
  reservation(id: string): Promise<KeptReservation | undefined>;
  /** Of all portfolios, by their ids. @param after of the page before, empty for the first */
  reservations(after: string, limit: number): Promise<Page<KeptReservation>>;
}

/**
 * Of one page: as many as an embedded database reads without keeping others waiting. One portfolio has fewer, but for
 * one that was taken over from where more were allowed.
 */
const maxPageBalances = 1_000;

type BalanceRow = typeof balances.$inferSelect;
/**
 * Where a portfolio has one balance an asset, the symbol only says how that is valued. One that began before anything
 * was known of the asset has none; it is no cash for that.
 */
const viaOf = ({ via, alone }: BalanceRow, usual: string | null): string => (via === '' && alone ? (usual ?? '') : via);
const heldOf = (row: BalanceRow, usual: string | null): HeldBalance => ({
  id: row.id,
  asset: row.asset,
  via: viaOf(row, usual),
  available: canonical(row.available),
  reserved: canonical(row.reserved),
  version: row.version,
  createdAtMs: row.createdAt.getTime(),
  updatedAtMs: row.updatedAt.getTime(),
});
const keptOf = (row: typeof reservations.$inferSelect): KeptReservation => ({
  id: row.id,
  portfolioId: row.portfolioId,
  for: row.refType,
  asset: row.asset,
  via: row.via,
  amount: canonical(row.amount),
  remaining: canonical(row.remaining),
  released: canonical(row.released),
  state: row.state,
  reason: row.reason,
  createdAtMs: row.createdAt.getTime(),
  updatedAtMs: row.updatedAt.getTime(),
});

/** Whether anything is kept for an order, so that the portfolio cannot be put away. Under its lock nothing comes to it. */
export const hasReservations = async (tx: Transaction, portfolioId: string): Promise<boolean> => {
  const isHeld = and(eq(reservations.portfolioId, portfolioId), eq(reservations.state, 'held'));
  return (await tx.select({ id: reservations.id }).from(reservations).where(isHeld).limit(1)).length > 0;
};

export const createReadings = (db: Database): Readings => {
  const read = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  };
  /** One statement, so that each portfolio's version and its balances are of one moment. */
  const heldIn = async (ids: readonly string[]): Promise<HeldBalances[]> => {
    const found = new Map<string, HeldBalances & { readonly balances: HeldBalance[] }>();
    if (ids.length === 0) return [];
    const rows = await db
      .select({
        id: portfolios.id,
        userId: portfolios.userId,
        version: portfolios.balanceVersion,
        adopting: portfolios.adopting,
        balance: balances,
        usual: assets.defaultVia,
      })
      .from(portfolios)
      .leftJoin(balances, eq(balances.portfolioId, portfolios.id))
      .leftJoin(assets, eq(assets.asset, balances.asset))
      .where(inArray(portfolios.id, [...ids]))
      .orderBy(asc(portfolios.id), asc(balances.id));
    for (const { id, balance, usual, ...about } of rows) {
      const portfolio = found.get(id) ?? { portfolioId: id, ...about, balances: [] };
      found.set(id, portfolio);
      if (balance) portfolio.balances.push(heldOf(balance, usual));
    }
    return [...found.values()];
  };
  /** The first of these, which follow each other, with not too many balances in them; one in any case. */
  const withoutTooMany = async (ids: readonly string[]): Promise<readonly string[]> => {
    const [first, last] = [ids[0], ids.at(-1)];
    if (first === undefined || last === undefined) return ids;
    const [next] = await db
      .select({ id: balances.portfolioId })
      .from(balances)
      .where(between(balances.portfolioId, first, last))
      .orderBy(asc(balances.portfolioId))
      .offset(maxPageBalances)
      .limit(1);
    return next ? ids.filter((id, at) => at === 0 || id < next.id) : ids;
  };
  return {
    balances: (portfolioId, userId) =>
      read(async () => {
        const [held] = isId(portfolioId) ? await heldIn([portfolioId]) : [];
        if (held?.userId !== userId) throw unknownPortfolio('portfolio_id');
        return held;
      }),
    positions: (after, limit) =>
      read(async () => {
        const found = await db
          .select({ id: portfolios.id })
          .from(portfolios)
          .where(after === '' ? undefined : gt(portfolios.id, after))
          .orderBy(asc(portfolios.id))
          .limit(limit);
        const ids = found.map(({ id }) => id);
        const some = await withoutTooMany(ids);
        const isLast = some.length === ids.length && ids.length < limit;
        return { items: await heldIn(some), next: isLast ? undefined : some.at(-1) };
      }),
    reservation: (id) =>
      read(async () => {
        if (!isId(id)) return undefined;
        const [row] = await db.select().from(reservations).where(eq(reservations.id, id));
        return row && keptOf(row);
      }),
    reservations: (after, limit) =>
      read(async () => {
        const rows = await db
          .select()
          .from(reservations)
          .where(after === '' ? undefined : gt(reservations.id, after))
          .orderBy(asc(reservations.id))
          .limit(limit);
        return { items: rows.map(keptOf), next: rows.length === limit ? rows.at(-1)?.id : undefined };
      }),
  };
};
