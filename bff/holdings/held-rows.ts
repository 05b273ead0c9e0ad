import { canonical } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, gt, inArray, isNull, ne, or, sql } from 'drizzle-orm';
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
  /** Whether it lives at made-up prices. */
  readonly simulated: boolean;
  readonly archived: boolean;
  /** A restore of its service lost it: it is kept out of sight. */
  readonly isLost: boolean;
  /** Of its balances, as clients see it; 0 for the default one of what is owned, whose version the profile has. */
  readonly version: number;
  /** Raised by every change of its balances and of its data; tells nothing else. */
  readonly mark: number;
  readonly rows: readonly HeldRow[];
}

/** What is no coin in a default portfolio of what is owned. */
export interface HeldCash {
  readonly userId: string;
  /** Raised by every change of its balances; tells nothing else. */
  readonly mark: number;
  readonly rows: readonly HeldRow[];
}

/** What `holdings` has, of many at once. */
export interface HeldRows {
  /** What is no coin in the default portfolios of what is owned; those that nothing was told of are left out. */
  cash(portfolioIds: readonly string[]): Promise<readonly HeldCash[]>;
  /** Their marks alone, by user. */
  cashMarks(portfolioIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /**
   * How much what clients see of portfolios' versions is above what their service says, which is restored sometimes.
   * Those where it is nothing are left out.
   */
  bases(portfolioIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Those of the ids, and all of the users; each at one moment. */
  portfolios(wanted: {
    readonly ids: readonly string[];
    readonly ofUsers: readonly string[];
    /** Without what is in them: their versions cost nothing of that. */
    readonly isBare?: boolean;
  }): Promise<readonly HeldPortfolio[]>;
}

const told = sql<number>`coalesce(${balanceVersions.base} + ${balanceVersions.version}, 0)`.mapWith(Number);
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

/** One of each, with the rows that came beside it. */
const gather = <One extends { readonly held: object | null }>(found: readonly One[], nameOf: (one: One) => string) => {
  const byName = new Map<string, Omit<One, 'held'> & { readonly rows: HeldRow[] }>();
  for (const { held, ...of } of found) {
    const name = nameOf({ held, ...of } as One);
    const one = byName.get(name) ?? { ...of, rows: [] };
    byName.set(name, one);
    if (held && (held as Held).asset !== null) one.rows.push(rowOf(held as Held));
  }
  return [...byName.values()];
};

export const createHeldRows = (db: Database): HeldRows => ({
  cash: async (portfolioIds) => {
    if (portfolioIds.length === 0) return [];
    const found = await db
      .select({ userId: balanceVersions.userId, mark: told, held: heldColumns })
      .from(balanceVersions)
      .leftJoin(holdings, and(eq(holdings.portfolioId, balanceVersions.portfolioId), eq(holdings.via, '')))
      .where(inArray(balanceVersions.portfolioId, [...portfolioIds]));
    return gather(found, ({ userId }) => userId);
  },
  cashMarks: async (portfolioIds) => {
    if (portfolioIds.length === 0) return new Map();
    const found = await db
      .select({ userId: balanceVersions.userId, mark: told })
      .from(balanceVersions)
      .where(inArray(balanceVersions.portfolioId, [...portfolioIds]));
    return new Map(found.map(({ userId, mark }) => [userId, mark]));
  },
  bases: async (portfolioIds) => {
    const found = await db
      .select({ id: balanceVersions.portfolioId, base: balanceVersions.base })
      .from(balanceVersions)
      .where(and(inArray(balanceVersions.portfolioId, [...portfolioIds]), gt(balanceVersions.base, 0)));
    return new Map(found.map(({ id, base }) => [id, base]));
  },
  portfolios: async ({ ids, ofUsers, isBare = false }) => {
    const named = ids.length > 0 ? [inArray(portfolios.id, [...ids])] : [];
    // Of the others of a user there may be many, and what is in them is of no use here.
    const counts = and(ne(portfolios.kind, 'paper'), isNull(portfolios.archivedAt));
    const wanted = [...named, ...(ofUsers.length > 0 ? [inArray(portfolios.userId, [...ofUsers])] : [])];
    if (wanted.length === 0) return [];
    const isOwned = sql`${portfolios.isDefault} and ${portfolios.kind} = 'tracking'`;
    const found = await db
      .select({
        id: portfolios.id,
        userId: portfolios.userId,
        kind: portfolios.kind,
        baseCurrency: portfolios.baseCurrencyCode,
        simulated: portfolios.simulated,
        archived: sql<boolean>`${portfolios.archivedAt} is not null`,
        isLost: sql<boolean>`${portfolios.version} = 0`,
        mark: sql<number>`${portfolios.version} + ${told}`.mapWith(Number),
        version: sql<number>`case when ${isOwned} then 0 else ${told} end`.mapWith(Number),
        held: heldColumns,
      })
      .from(portfolios)
      .leftJoin(balanceVersions, eq(balanceVersions.portfolioId, portfolios.id))
      .leftJoin(holdings, isBare ? sql`false` : and(eq(holdings.portfolioId, portfolios.id), or(counts, ...named)))
      .where(or(...wanted));
    return gather(found, ({ id }) => id);
  },
});
