import type { Database } from '@tickfolio/lib/postgres';
import { and, eq, notInArray } from 'drizzle-orm';
import { erasingUsers, portfolios } from '../schema.js';

/**
 * Whether a portfolio is there, and of nobody who is being erased: of those things go piece by piece. Asked behind what
 * looked wrong, because that is noted before the first piece goes and the portfolio goes last.
 */
export const isKept = async (db: Database, portfolioId: string): Promise<boolean> => {
  const erasing = db.select({ userId: erasingUsers.userId }).from(erasingUsers);
  const found = await db
    .select({ id: portfolios.id })
    .from(portfolios)
    .where(and(eq(portfolios.id, portfolioId), notInArray(portfolios.userId, erasing)));
  return found.length > 0;
};
