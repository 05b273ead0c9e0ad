import type { Database } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';

/** Every table with something of a user, and what tells the rows of one user apart. The profile goes last. */
export const userTables = {
  symbol_leases: 'symbol',
  coins: 'symbol',
  portfolio_changes: 'id',
  viewed_portfolios: 'portfolio_id',
  holdings: 'asset',
  balance_versions: 'portfolio_id',
  portfolios: 'id',
  value_minutes: 'minute',
  value_hours: 'hour',
  portfolio_values_before: 'minute',
  portfolio_hours_before: 'hour',
} as const;

/**
 * Deletes of one table what is kept of a user, up to `limit` rows, or twice as many where values of simulated prices
 * lie beside others. @returns whether there was something
 */
export const deleteUserRows = async (db: Database, userId: string, limit: number): Promise<boolean> => {
  for (const [table, column] of Object.entries(userTables)) {
    const [rows, of, own] = [sql.raw(table), sql.raw(column), sql`user_id = ${userId}`];
    const left = await db.select({ one: sql`1` }).from(rows).where(own).limit(1);
    if (left.length === 0) continue;
    const some = sql`select ${of} from ${rows} where ${own} order by ${of} limit ${limit}`;
    await db.execute(sql`delete from ${rows} where ${own} and ${of} in (${some})`);
    return true;
  }
  await db.execute(sql`delete from profiles where id = ${userId}`);
  return false;
};
