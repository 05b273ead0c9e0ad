import { raiseEpoch } from '@tickfolio/lib/outbox';
import { type Database, databaseTime } from '@tickfolio/lib/postgres';
import { getTableName } from 'drizzle-orm';
import { owners, portfolioEvents, portfolios } from '../schema.js';

/** Whether a database with these tables is one of portfolios; they are there since the first migration. */
export const holdsPortfolios = (tables: readonly string[]): boolean =>
  [owners, portfolios, portfolioEvents.events].every((table) => tables.includes(getTableName(table)));

/**
 * Says of a database that was restored from a backup that what it tells from now on is of another epoch: the numbers of
 * what was told since then come once more.
 * @param above an epoch that whoever reads them knows
 */
export const beginEpoch = (db: Database, above?: number): Promise<void> =>
  raiseEpoch(db, portfolioEvents, databaseTime, above);
