import type { Database, DatabaseTime, Transaction } from '@tickfolio/lib/postgres';
import { and, inArray, type SQL, sql } from 'drizzle-orm';
import { adoption, balances } from './tables.js';

/** A coin that was counted elsewhere may get its number there while that is told here. */
const room = 1_000_000;

/** From which number on balances are counted here; undefined until others are kept free. */
export const findFirstNumber = async (on: Pick<Database, 'select'>): Promise<number | undefined> =>
  (await on.select({ firstId: adoption.firstId }).from(adoption))[0]?.firstId;

const sequence = sql`pg_get_serial_sequence('balances', 'id')`;

const numberOf = async (tx: Transaction, number: SQL): Promise<number> => {
  const [row] = await tx.select({ number: sql<string>`(${number})::text` }).from(sql`(select 1) as one`);
  if (!row) throw new Error('the database says no number');
  return Number(row.number);
};

/**
 * Counts balances from the next full million above a number on, and above all that were given. Once: later numbers
 * change nothing. @returns from which number on
 */
export const keepNumbersFree = async (tx: Transaction, time: DatabaseTime, highest: number): Promise<number> => {
  const given = await numberOf(
    tx,
    sql`select greatest(coalesce(pg_sequence_last_value(${sequence}::regclass), 0), coalesce(max(id), 0)) from balances`,
  );
  const firstId = (Math.floor(Math.max(highest, given) / room) + 1) * room;
  const [begun] = await tx
    .insert(adoption)
    .values({ one: true, firstId, begunAt: time() })
    .onConflictDoNothing()
    .returning({ firstId: adoption.firstId });
  // Whoever was first has committed: the row's key made this one wait for it.
  if (!begun) return (await findFirstNumber(tx)) ?? firstId;
  await numberOf(tx, sql`setval(${sequence}, ${firstId}, false)`);
  return firstId;
};

/** Gives balances of portfolios that are locked other numbers, where theirs are among these. */
export const freeNumbers = async (
  tx: Transaction,
  portfolioIds: readonly string[],
  numbers: readonly number[],
): Promise<void> => {
  if (portfolioIds.length === 0 || numbers.length === 0) return;
  const among = and(inArray(balances.portfolioId, [...portfolioIds]), inArray(balances.id, [...numbers]));
  await tx.update(balances).set({ id: sql`default` }).where(among);
};

/** Whose balances have any of these numbers. */
export const portfoliosWith = async (tx: Transaction, numbers: readonly number[]): Promise<readonly string[]> => {
  if (numbers.length === 0) return [];
  const rows = await tx
    .selectDistinct({ portfolioId: balances.portfolioId })
    .from(balances)
    .where(inArray(balances.id, [...numbers]));
  return rows.map(({ portfolioId }) => portfolioId);
};
