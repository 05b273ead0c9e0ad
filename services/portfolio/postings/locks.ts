import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { asc, inArray, sql } from 'drizzle-orm';
import { inboxOf, portfolios } from '../schema.js';
import { isId } from './names.js';
import { archivedPortfolio, unknownPortfolio } from './refusal.js';

/** A portfolio whose row is locked until the transaction ends: nobody else changes what is in it. */
export interface LockedPortfolio {
  readonly id: string;
  readonly userId: string;
  readonly kind: 'tracking' | 'paper' | 'exchange';
  readonly simulated: boolean;
  readonly isArchived: boolean;
  /** Of the last event of its balances. */
  readonly balanceVersion: number;
  /** The time of what is done. */
  readonly at: Date;
}

/**
 * Locks portfolios in the order of their ids, so that no two transactions wait for each other. The first statement of
 * every command. Rows that refer to them may be added meanwhile. @returns those that there are, but for those of a user
 * who is deleted: nothing comes to them any more, or their erasure would have no end
 */
export const lockPortfolios = async (
  tx: Transaction,
  time: DatabaseTime,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedPortfolio>> => {
  const locked = await lockAny(tx, time, ids);
  return new Map([...locked].filter(([, { isErased }]) => !isErased));
};

/** The same, with those of users who are deleted: for what changes nothing that anybody has. */
export const lockAny = async (
  tx: Transaction,
  time: DatabaseTime,
  ids: readonly string[],
): Promise<ReadonlyMap<string, LockedPortfolio & { readonly isErased: boolean }>> => {
  const known = ids.filter(isId);
  if (known.length === 0) return new Map();
  const { id, userId, kind, simulated, archivedAt, balanceVersion } = portfolios;
  const atMs = sql<string>`floor(extract(epoch from ${time()}) * 1000)::bigint`;
  const { erasedUsers } = inboxOf;
  const isErased = sql<boolean>`exists (select from ${erasedUsers} where ${erasedUsers}.user_id = ${portfolios}.user_id)`;
  const rows = await tx
    .select({ id, userId, kind, simulated, archivedAt, balanceVersion, atMs, isErased })
    .from(portfolios)
    .where(inArray(id, known))
    .orderBy(asc(id))
    .for('no key update', { of: portfolios });
  return new Map(
    rows.map(({ archivedAt: archived, atMs: ms, ...row }) => [
      row.id,
      { ...row, isArchived: archived !== null, at: new Date(Number(ms)) },
    ]),
  );
};

/** @returns undefined where there is no such portfolio */
export const lockPortfolio = async (
  tx: Transaction,
  time: DatabaseTime,
  id: string,
): Promise<LockedPortfolio | undefined> => (await lockPortfolios(tx, time, [id])).get(id.toLowerCase());

/** Of the portfolio, if it is this user's. @throws AppError not_found */
export const requireOwn = (portfolio: LockedPortfolio | undefined, userId: string, field: string): LockedPortfolio => {
  if (portfolio?.userId !== userId) throw unknownPortfolio(field);
  return portfolio;
};

/** @throws AppError failed_precondition */
export const requireOpen = (portfolio: LockedPortfolio, field: string): void => {
  if (portfolio.isArchived) throw archivedPortfolio(field);
};
