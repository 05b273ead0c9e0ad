import { add, type Decimal, parseDecimal } from '@tickfolio/lib/money';
import type { Transaction } from '@tickfolio/lib/postgres';
import { and, eq, sql } from 'drizzle-orm';
import { isTooLarge } from './amounts.js';
import { type Balance, totalOf } from './balances.js';
import { tooMuch } from './refusal.js';
import { reservations } from './tables.js';

/**
 * Whether a balance holds so much more besides all that fills of what is reserved may bring: these are never refused, so
 * others are. Of a portfolio that is locked, with one balance an asset.
 */
export const hasRoomFor = async (tx: Transaction, balance: Balance, more: Decimal): Promise<boolean> => {
  const { portfolioId, asset } = balance;
  const isOf = and(
    eq(reservations.portfolioId, portfolioId),
    eq(reservations.state, 'held'),
    eq(reservations.bringsAsset, asset),
  );
  const [found] = await tx
    .select({ brings: sql<string>`coalesce(sum(${reservations.brings}), 0)::text` })
    .from(reservations)
    .where(isOf);
  return !isTooLarge(add(add(totalOf(balance), more), parseDecimal(found?.brings ?? '0')));
};

/** @throws AppError failed_precondition @param field of the request that asked for too much */
export const requireRoomFor = async (
  tx: Transaction,
  balance: Balance,
  more: Decimal,
  field: string,
): Promise<void> => {
  if (!(await hasRoomFor(tx, balance, more))) throw tooMuch(field);
};
