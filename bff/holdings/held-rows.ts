import { canonical } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, inArray, or, sql } from 'drizzle-orm';
import { balanceVersions, holdings, portfolios } from '../schema.js';

/** So much of an asset in a portfolio. */
export interface HeldRow {
  readonly userId: string;
  readonly asset: string;
  /** Empty for cash. */
  readonly via: string;
  readonly available: string;
  readonly reserved: string;
  /** Both together, canonical decimal text. */
  readonly quantity: string;
  /** As clients see it. */
  readonly version: number;
}

/** A portfolio with what is in it. */
export interface HeldPortfolio {
  readonly id: string;
  readonly userId: string;
  readonly kind: string;
  readonly baseCurrency: string;
  readonly archived: boolean;
  /** Of its balances, as clients see it; 0 for the default one of what is owned, whose version the profile has. */
  readonly version: number;
  readonly rows: readonly HeldRow[];
}

/** What `holdings` has, of many at once. */
export interface HeldRows {
  /** What is no coin in the default portfolios of what is owned. */
  cash(portfolioIds: readonly string[]): Promise<readonly HeldRow[]>;
  /** Those of the ids, and all of the users; each at one moment. */
  portfolios(wanted: {
    readonly ids: readonly string[];
    readonly ofUsers: readonly string[];
    /** Without what is in them: their versions cost nothing of that. */
    readonly isBare?: boolean;
  }): Promise<readonly HeldPortfolio[]>;
}

const base = sql<number>`coalesce(${balanceVersions.base}, 0)`.mapWith(Number);
const heldColumns = {
  userId: holdings.userId,
  asset: holdings.asset,
  via: holdings.via,
  available: holdings.available,
  reserved: holdings.reserved,
  total: sql<string>`${holdings.available} + ${holdings.reserved}`,
  version: sql<number>`${holdings.version} + coalesce(${balanceVersions.base}, 0)`.mapWith(Number),
};
type Held = { readonly [Name in Exclude<keyof HeldRow, 'quantity'>]: HeldRow[Name] } & { readonly total: string };

const rowOf = ({ total, available, reserved, ...row }: Held): HeldRow => ({
  ...row,
  available: canonical(available),
  reserved: canonical(reserved),
  quantity: canonical(total),
});

export const createHeldRows = (db: Database): HeldRows => ({
  cash: async (portfolioIds) => {
    if (portfolioIds.length === 0) return [];
    const found = await db
      .select(heldColumns)
      .from(holdings)
      .leftJoin(balanceVersions, eq(balanceVersions.portfolioId, holdings.portfolioId))
      .where(and(inArray(holdings.portfolioId, [...portfolioIds]), eq(holdings.via, '')));
    return found.map(rowOf);
  },
  portfolios: async ({ ids, ofUsers, isBare = false }) => {
    const wanted = [
      ...(ids.length > 0 ? [inArray(portfolios.id, [...ids])] : []),
      ...(ofUsers.length > 0 ? [inArray(portfolios.userId, [...ofUsers])] : []),
    ];
    if (wanted.length === 0) return [];
    const isOwned = sql`${portfolios.isDefault} and ${portfolios.kind} = 'tracking'`;
    const found = await db
      .select({
        id: portfolios.id,
        userId: portfolios.userId,
        kind: portfolios.kind,
        baseCurrency: portfolios.baseCurrencyCode,
        archivedAt: portfolios.archivedAt,
        version:
          sql<number>`case when ${isOwned} then 0 else ${base} + coalesce(${balanceVersions.version}, 0) end`.mapWith(
            Number,
          ),
        held: heldColumns,
      })
      .from(portfolios)
      .leftJoin(balanceVersions, eq(balanceVersions.portfolioId, portfolios.id))
      .leftJoin(holdings, isBare ? sql`false` : eq(holdings.portfolioId, portfolios.id))
      .where(or(...wanted));
    const byId = new Map<string, HeldPortfolio & { readonly rows: HeldRow[] }>();
    for (const { held, archivedAt, ...of } of found) {
      const portfolio = byId.get(of.id) ?? { ...of, archived: archivedAt !== null, rows: [] };
      byId.set(of.id, portfolio);
      if (held?.asset != null) portfolio.rows.push(rowOf(held as Held));
    }
    return [...byId.values()];
  },
});
