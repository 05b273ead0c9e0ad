import { add, type Decimal, formatDecimal, isZero, parseDecimal, zero } from '@tickfolio/lib/money';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, asc, count, eq, type SQL, sql } from 'drizzle-orm';
import type { LockedPortfolio } from './locks.js';
import { booksRefusal } from './refusal.js';
import { assets, balances } from './tables.js';

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
}

/** How many a portfolio has at most. */
const maxBalances = 500;

const balanceOf = (row: typeof balances.$inferSelect): Balance => ({
  ...row,
  available: parseDecimal(row.available),
  reserved: parseDecimal(row.reserved),
});

const isNothing = ({ available, reserved }: Balance): boolean => isZero(available) && isZero(reserved);
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

export const defaultVia = async (tx: Transaction, asset: string): Promise<string | undefined> => {
  const [known] = await tx.select({ via: assets.defaultVia }).from(assets).where(eq(assets.asset, asset));
  return known?.via;
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

/** A balance that a posting changes, by all of its moves together. */
export interface BalanceChange {
  readonly before: Balance;
  readonly after: Balance;
  /** Of the last event. */
  readonly version: number;
}

const amountOf = (amount: Decimal): SQL => sql`${formatDecimal(amount)}::numeric`;

/**
 * Writes what a balance comes to, if it still is what it was: else somebody wrote without the lock. What comes to
 * nothing goes. @returns which it is
 */
export const writeBalance = async (
  tx: Transaction,
  time: DatabaseTime,
  { before, after, version }: BalanceChange,
  alone: boolean,
): Promise<Pick<Balance, 'id' | 'createdAt'>> => {
  const { id, createdAt, portfolioId, asset, via } = before;
  const amounts = { available: formatDecimal(after.available), reserved: formatDecimal(after.reserved) };
  if (id === undefined) {
    const times = { createdAt: time(), updatedAt: time() };
    const [made] = await tx
      .insert(balances)
      .values({ portfolioId, asset, via, ...amounts, alone, version, ...times })
      .returning({ id: balances.id, createdAt: balances.createdAt });
    if (!made) throw new Error('a balance was not made');
    if (isNothing(after)) await tx.delete(balances).where(eq(balances.id, made.id));
    return made;
  }
  const asBefore = and(
    eq(balances.id, id),
    eq(balances.available, amountOf(before.available)),
    eq(balances.reserved, amountOf(before.reserved)),
  );
  const which = { id: balances.id };
  const written = isNothing(after)
    ? await tx.delete(balances).where(asBefore).returning(which)
    : await tx
        .update(balances)
        .set({ ...amounts, version, updatedAt: time() })
        .where(asBefore)
        .returning(which);
  if (written.length !== 1) throw new Error('a balance was changed without the lock of its portfolio');
  return { id, createdAt };
};
