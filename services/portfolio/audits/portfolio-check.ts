import { streams } from '@tickfolio/lib/events/streams';
import { compare, type Decimal, isZero, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, isNotNull, lte, type SQL, sql } from 'drizzle-orm';
import { entries } from '../postings/tables.js';
import { portfolioEvents, portfolios } from '../schema.js';
import type { Tally } from './check.js';
import { addTo, type KeptSums, nothingRead, type ReadSoFar, type Sums } from './kept-sums.js';

/** Rows of one statement: nobody else has the embedded database meanwhile. */
const pieceRows = 1_000;

const keyOf = (asset: string, via: string): string => `${asset} ${via}`;

/** The entries of a portfolio from where it was read to, up to a version. */
const readEntries = async (db: Database, portfolioId: string, from: ReadSoFar, to: number): Promise<ReadSoFar> => {
  let sums = from.sums;
  for (let [version, line] = [from.version, 32_767]; ; ) {
    const rows = await db
      .select()
      .from(entries)
      .where(
        and(
          eq(entries.portfolioId, portfolioId),
          isNotNull(entries.portfolioId),
          sql`(${entries.version}, ${entries.line}) > (${version}, ${line})`,
          lte(entries.version, to),
        ),
      )
      .orderBy(asc(entries.version), asc(entries.line))
      .limit(pieceRows);
    sums = addTo(
      sums,
      rows.map(({ asset, via, account, amount }) => ({
        key: keyOf(asset, via),
        account,
        amount: parseDecimal(amount),
      })),
    );
    const last = rows.at(-1);
    if (rows.length < pieceRows || !last) return { version: to, sums };
    [version, line] = [last.version ?? to, last.line];
  }
};

/** The numbers of a stream behind one, up to another. @returns how many are missing */
const missingIn = async (db: Database, stream: string, from: number, to: number): Promise<number> => {
  const { events } = portfolioEvents;
  let found = 0;
  for (let after = from; ; ) {
    const rows = await db
      .select({ version: events.version })
      .from(events)
      .where(and(eq(events.stream, stream), gt(events.version, after), lte(events.version, to)))
      .orderBy(asc(events.version))
      .limit(pieceRows);
    found += rows.length;
    if (rows.length < pieceRows) return to - from - found;
    after = rows.at(-1)?.version ?? to;
  }
};

interface Seen {
  readonly what: 'held' | 'entered' | 'kept';
  readonly asset: string;
  readonly via: string;
  readonly available: string;
  readonly reserved: string;
}

/** Balances, entries behind a version and what is kept for orders, as they are at one moment. */
const look = async (db: Database, portfolioId: string, version: number): Promise<readonly Seen[]> => {
  const sumOf = (account: string): SQL => sql`coalesce(sum(amount) filter (where account = ${account}), 0)::text`;
  const found = sql`(
    select 'held' as what, asset, via, available::text as available, reserved::text as reserved
      from balances where portfolio_id = ${portfolioId}
    union all
    select 'entered', asset, via, ${sumOf('available')}, ${sumOf('reserved')}
      from entries where portfolio_id = ${portfolioId} and version > ${version} group by asset, via
    union all
    select 'kept', asset, via, '0', sum(remaining)::text
      from reservations where portfolio_id = ${portfolioId} and state = 'held' group by asset, via
  ) found`;
  const text = (column: string) => sql<string>`${sql.identifier('found')}.${sql.identifier(column)}`;
  const columns = { asset: text('asset'), via: text('via'), available: text('available'), reserved: text('reserved') };
  return db.select({ what: sql<Seen['what']>`found.what`, ...columns }).from(found);
};

/** The last event of the balances and the last one counted, at one moment. */
const countedAndTold = async (db: Database, portfolioId: string) => {
  const { events } = portfolioEvents;
  const told = sql<number>`coalesce((select max(${events.version}) from ${events} where ${events.stream} = ${streams.balances(portfolioId)}), 0)::int`;
  const [row] = await db
    .select({ counted: portfolios.balanceVersion, told })
    .from(portfolios)
    .where(eq(portfolios.id, portfolioId));
  return row;
};

/**
 * Holds the balances of a portfolio against their entries (A2) and against what is kept for orders (A4), looks for those
 * below zero (A3), and for holes in what was told of them (A8).
 * @param kept what was read before; absent: everything is read anew
 */
export const checkPortfolio = async (
  db: Database,
  portfolioId: string,
  tally: Tally,
  kept?: KeptSums,
): Promise<void> => {
  const before = await countedAndTold(db, portfolioId);
  if (!before) return; // Deleted meanwhile.
  const { counted, told } = before;
  const known = kept?.of(portfolioId) ?? nothingRead;
  // A restored database counts anew from before.
  const from = known.version <= counted ? known : nothingRead;

  tally.checked('A8');
  const missing = await missingIn(db, streams.balances(portfolioId), from.version, counted);
  if (missing > 0) tally.fault('A8', 'missing', `events of the balances of ${portfolioId}`, missing);
  if (counted !== told) tally.fault('A8', 'mismatch', `the last event of the balances of ${portfolioId}`);

  const read = await readEntries(db, portfolioId, from, counted);
  const seen = await look(db, portfolioId, counted);
  const amountsOf = (what: Seen['what']) =>
    new Map(
      seen
        .filter((one) => one.what === what)
        .map(({ asset, via, available, reserved }): [string, Sums] => [
          keyOf(asset, via),
          { available: parseDecimal(available), reserved: parseDecimal(reserved) },
        ]),
    );
  const [held, entered, reserved] = [amountsOf('held'), amountsOf('entered'), amountsOf('kept')];
  const entriesOf = (key: string) =>
    [...entered]
      .filter(([name]) => name === key)
      .flatMap(([, sums]) => [
        { key, account: 'available', amount: sums.available },
        { key, account: 'reserved', amount: sums.reserved },
      ]);
  const none: Sums = { available: zero, reserved: zero };
  const differ = (a: Decimal, b: Decimal) => compare(a, b) !== 0;
  for (const key of new Set([...held.keys(), ...read.sums.keys(), ...entered.keys(), ...reserved.keys()])) {
    const balance = held.get(key) ?? none;
    const booked = addTo(read.sums, entriesOf(key)).get(key) ?? none;
    const words = `${key.trim()} of ${portfolioId}`;
    for (const name of ['A2', 'A3', 'A4'] as const) tally.checked(name);
    if (differ(balance.available, booked.available) || differ(balance.reserved, booked.reserved))
      tally.fault('A2', held.has(key) ? 'mismatch' : 'missing', words);
    if (balance.available.units < 0n || balance.reserved.units < 0n) tally.fault('A3', 'mismatch', words);
    if (held.has(key) && isZero(balance.available) && isZero(balance.reserved)) tally.fault('A3', 'mismatch', words);
    if (differ(balance.reserved, reserved.get(key)?.reserved ?? zero)) tally.fault('A4', 'mismatch', words);
  }
  if (missing > 0 || counted !== told) kept?.forget(portfolioId);
  else kept?.keep(portfolioId, read);
};
