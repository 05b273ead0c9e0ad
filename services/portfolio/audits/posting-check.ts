import { canonical } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { asc, inArray, sql } from 'drizzle-orm';
import { entries, postings } from '../postings/tables.js';
import type { BooksTally } from './check.js';

/** Most have two to six entries, and who takes coins over from elsewhere two for each. */
const pagePostings = 200;
const pageEntries = 1_000;

/** The first of them with not too many entries together; one in any case. */
const withoutTooMany = <Row extends { readonly lines: number }>(rows: readonly Row[]): readonly Row[] => {
  let entriesSoFar = 0;
  return rows.filter(({ lines }, at) => {
    entriesSoFar += lines;
    return at === 0 || entriesSoFar <= pageEntries;
  });
};

/**
 * Of each posting and asset the entries sum to 0 (A1). Then all of them do, since each belongs to one posting.
 * @param since older ones are left out, a time as the database writes it @param goOn asked before each page
 */
export const checkPostings = async (
  db: Database,
  tally: BooksTally,
  since: string,
  goOn: () => boolean,
): Promise<void> => {
  let after = { at: since, id: '00000000-0000-0000-0000-000000000000' };
  while (goOn()) {
    const lines = sql`coalesce((select max(${entries.line}) from ${entries} where ${entries.postingId} = ${postings.id}), 0)`;
    const found = await db
      .select({ id: postings.id, at: sql<string>`${postings.createdAt}::text`, lines: lines.mapWith(Number) })
      .from(postings)
      .where(sql`(${postings.createdAt}, ${postings.id}) > (${after.at}::timestamptz, ${after.id}::uuid)`)
      .orderBy(asc(postings.createdAt), asc(postings.id))
      .limit(pagePostings);
    const rows = withoutTooMany(found);
    const last = rows.at(-1);
    if (!last) return;
    const ids = rows.map(({ id }) => id);
    const wrong = await db
      .select({ id: entries.postingId, asset: entries.asset, sum: sql<string>`sum(${entries.amount})::text` })
      .from(entries)
      .where(inArray(entries.postingId, ids))
      .groupBy(entries.postingId, entries.asset)
      .having(sql`sum(${entries.amount}) <> 0`);
    tally.checked('A1', rows.length);
    for (const { id, asset, sum } of wrong)
      tally.fault('A1', 'mismatch', `${asset} of the posting ${id} sums to ${canonical(sum)}`);
    after = last;
  }
};
