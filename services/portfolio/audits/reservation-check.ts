import { add, canonical, compare, formatDecimal, isZero, parseDecimal } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, gt, gte, sql } from 'drizzle-orm';
import { reservations } from '../postings/tables.js';
import type { BooksTally } from './check.js';
import { isKept } from './erased.js';

/** Each may have many fills. */
const pageReservations = 50;

/**
 * What was reserved is what was taken, what was given back and what remains (A5), and nothing remains of what is over.
 * @param since those that changed before are left out, a time as the database writes it @param goOn asked before each page
 */
export const checkReservations = async (
  db: Database,
  tally: BooksTally,
  since: string,
  goOn: () => boolean,
): Promise<void> => {
  const { id, portfolioId, state, amount, remaining, released, updatedAt } = reservations;
  // By its full name, which a column here would not have.
  const taken = sql<string>`coalesce((
    select -sum(e.amount) from postings p join entries e on e.posting_id = p.id
    where p.ref_id = reservations.id::text and p.kind = 'settle' and e.account = 'reserved'
  ), 0)::text`;
  for (let after: string | undefined; goOn(); ) {
    const rows = await db
      .select({ id, portfolioId, state, amount, remaining, released, taken })
      .from(reservations)
      .where(and(after === undefined ? undefined : gt(id, after), gte(updatedAt, sql`${since}::timestamptz`)))
      .orderBy(asc(id))
      .limit(pageReservations);
    tally.checked('A5', rows.length);
    for (const row of rows) {
      const left = parseDecimal(row.remaining);
      const accounted = add(add(left, parseDecimal(row.released)), parseDecimal(row.taken));
      // What was refused or voided was never kept.
      const kept = row.state === 'held' || row.state === 'closed' ? row.amount : '0';
      const accounts = compare(accounted, parseDecimal(kept)) === 0;
      const isOver = row.state !== 'held';
      if (accounts && isOver === isZero(left)) continue;
      if (!(await isKept(db, row.portfolioId))) continue;
      const { state: is, ...amounts } = row;
      const [of, rest] = [canonical(amounts.amount), canonical(amounts.remaining)];
      const words = `the reservation ${row.id} of ${row.portfolioId}: ${of}, of which ${canonical(amounts.taken)} was taken, ${canonical(amounts.released)} given back and ${rest} remains`;
      if (!accounts) tally.fault('A5', 'mismatch', `${words}, ${formatDecimal(accounted)} together`);
      if (isOver !== isZero(left)) tally.fault('A5', 'mismatch', `${words}, and it is ${is}`);
    }
    after = rows.at(-1)?.id;
    if (after === undefined) return;
  }
};
