import { add, type Decimal, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Transaction } from '@tickfolio/lib/postgres';
import { and, asc, count, eq, type SQL } from 'drizzle-orm';
import { defaultVia } from './asset-rows.js';
import type { LockedPortfolio } from './locks.js';
import { booksRefusal } from './refusal.js';
import { balances } from './tables.js';

/** What a portfolio has of an asset. */
export interface Balance {
  /** Undefined until it is written. */
  readonly id: number | undefined;
  readonly portfolioId: string;
  readonly asset: string;
  readonly via: string;
  readonly available: Decimal;
  readonly reserved: Decimal;
  readonly createdAt: Date | undefined;
  /** Of one that is taken over, until it is written: its number, unless it gets another, and since when it is held. */
  readonly elsewhere?: { readonly id?: number; readonly createdAt: Date };
}

/** How many a portfolio has at most, but for what fills bring and what is taken over: those cannot be refused. */
const maxBalances = 500;

const balanceOf = (row: typeof balances.$inferSelect): Balance => ({
  ...row,
  available: parseDecimal(row.available),
  reserved: parseDecimal(row.reserved),
});

export const totalOf = ({ available, reserved }: Balance): Decimal => add(available, reserved);

/** One that is not there yet. */
export const newBalance = (portfolioId: string, asset: string, via: string): Balance => ({
  id: undefined,
  portfolioId,
  asset,
  via,
  available: zero,
  reserved: zero,
  createdAt: undefined,
});

/** Of a portfolio that is locked, by the names of their symbols. */
export const findBalances = async (
  tx: Transaction,
  { id }: Pick<LockedPortfolio, 'id'>,
  condition: SQL | undefined,
): Promise<readonly Balance[]> => {
  const rows = await tx
    .select()
    .from(balances)
    .where(and(eq(balances.portfolioId, id), condition))
    .orderBy(asc(balances.via), asc(balances.asset));
  return rows.map(balanceOf);
};

/**
 * The one balance of an asset where a portfolio has no more than one of each; where it has none, as it would begin.
 * @param otherwise by which symbol it is valued where nothing is known of the asset
 */
export const soleBalance = async (
  tx: Transaction,
  portfolio: Pick<LockedPortfolio, 'id'>,
  asset: string,
  otherwise: string,
): Promise<Balance> => {
  const [held] = await findBalances(tx, portfolio, eq(balances.asset, asset));
  return held ?? newBalance(portfolio.id, asset, (await defaultVia(tx, asset)) ?? otherwise);
};

/** @throws AppError failed_precondition where there is no room for so many more */
export const requireRoom = async (tx: Transaction, portfolioId: string, more: number, field: string): Promise<void> => {
  if (more === 0) return;
  const [held] = await tx.select({ balances: count() }).from(balances).where(eq(balances.portfolioId, portfolioId));
  if ((held?.balances ?? 0) + more > maxBalances)
    throw booksRefusal(
      'failed_precondition',
      field,
      'too-many-coins',
      `A portfolio holds at most ${maxBalances} different coins; remove one first.`,
    );
};
