import type { Database } from '@tickfolio/lib/postgres';
import { sql } from 'drizzle-orm';
import type { BooksTally } from './check.js';

/** By which the database itself refuses what is below zero. */
const rules = ['balances_available_not_negative', 'balances_reserved_not_negative'];

/** That the database refuses balances below zero (A3). */
export const checkRules = async (db: Database, tally: BooksTally): Promise<void> => {
  const found = await db
    .select({ name: sql<string>`conname` })
    .from(sql`pg_constraint`)
    .where(sql`conrelid = to_regclass('balances') and contype = 'c' and convalidated`);
  const names = new Set(found.map(({ name }) => name));
  for (const rule of rules) if (!names.has(rule)) tally.fault('A3', 'missing', `the rule ${rule} of the database`);
};
