import { raiseEpoch } from '@tickfolio/lib/outbox';
import { type Database, databaseTime } from '@tickfolio/lib/postgres';
import { getTableName } from 'drizzle-orm';
import { orderOutbox, orders, sagas } from '../schema.js';

/** Whether a database with these tables is one of orders; they are there since the first migration. */
export const holdsOrders = (tables: readonly string[]): boolean =>
  [orders, sagas, orderOutbox.events].every((table) => tables.includes(getTableName(table)));

/**
 * Says of a database that was restored from a backup that what it tells from now on is of another epoch: the numbers of
 * what was told since then come once more.
 * @param above an epoch that whoever reads them knows
 */
export const beginEpoch = (db: Database, above?: number): Promise<void> =>
  raiseEpoch(db, orderOutbox, databaseTime, above);
