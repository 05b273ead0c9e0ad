import { AppError } from '@tickfolio/lib/errors';
import type { DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, count, eq, gt, isNull, lte, sql } from 'drizzle-orm';
import { portfolios } from '../schema.js';

export interface RoomOptions {
  /** Of one user, the archived ones not counted. */
  readonly maxPortfolios: number;
  /** The same with the archived ones, which stay for as long as the account. */
  readonly maxMadeIn30Days: number;
}

/**
 * Asks whether the user, who is locked, may make another portfolio. @throws AppError failed_precondition with
 * `limit-reached`, resource_exhausted with `made-often` and when the next one may be made
 */
export type RequireRoom = (tx: Transaction, userId: string) => Promise<void>;

const daySeconds = 86_400;
const windowSeconds = 30 * daySeconds;

export const createRequireRoom =
  (time: DatabaseTime, { maxPortfolios, maxMadeIn30Days }: RoomOptions): RequireRoom =>
  async (tx, userId) => {
    const isOwn = eq(portfolios.userId, userId);
    const open = await tx
      .select({ portfolios: count() })
      .from(portfolios)
      .where(and(isOwn, isNull(portfolios.archivedAt)));
    if ((open[0]?.portfolios ?? 0) >= maxPortfolios)
      throw new AppError('failed_precondition', `There are at most ${maxPortfolios} portfolios; archive one first.`, {
        problem: 'limit-reached',
      });
    const isLate = gt(portfolios.createdAt, sql`${time()} - make_interval(secs => ${windowSeconds})`);
    // What was made while the clock was ahead would count for as long as it was.
    const hasBeen = lte(portfolios.createdAt, time());
    const oldestS = sql<number | null>`floor(extract(epoch from ${time()} - min(${portfolios.createdAt})))::int`;
    const [made] = await tx
      .select({ portfolios: count(), oldestS })
      .from(portfolios)
      .where(and(isOwn, eq(portfolios.isDefault, false), isLate, hasBeen));
    if (!made || made.portfolios < maxMadeIn30Days) return;
    const restS = Math.max(1, windowSeconds - (made.oldestS ?? 0));
    const days = Math.ceil(restS / daySeconds);
    const message =
      `Within 30 days ${maxMadeIn30Days} portfolios are made at most, those that were archived counted. ` +
      `Rename one that is open instead, or make another in ${days === 1 ? 'a day' : `${days} days`}.`;
    throw new AppError('resource_exhausted', message, {
      retryAfterMs: restS * 1_000,
      fields: [{ field: 'name', message, reason: 'made-often' }],
    });
  };
