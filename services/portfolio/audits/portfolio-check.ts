import { streams } from '@tickfolio/lib/events/streams';
import { compare, type Decimal, formatDecimal, isZero, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, eq, isNotNull, lte, type SQL, sql } from 'drizzle-orm';
import { entries } from '../postings/tables.js';
import { portfolioEvents, portfolios } from '../schema.js';
import type { BooksTally, CheckName } from './check.js';
import { isKept } from './erased.js';
import { addTo, type KeptSums, nothingRead, type ReadSoFar, type Sums } from './kept-sums.js';
import { missingIn } from './numbering.js';
import { pieceRows } from './piece-rows.js';

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

/** What is counted of a portfolio and its last events, at one moment. */
const countedAndTold = async (db: Database, portfolioId: string) => {
  const { events } = portfolioEvents;
  const lastOf = (stream: string) =>
    sql<number>`coalesce((select max(${events.version}) from ${events} where ${events.stream} = ${stream}), 0)::int`;
  const [row] = await db
    .select({
      counted: portfolios.balanceVersion,
      told: lastOf(streams.balances(portfolioId)),
      dataCounted: portfolios.version,
      dataTold: lastOf(streams.portfolio(portfolioId)),
    })
    .from(portfolios)
    .where(eq(portfolios.id, portfolioId));
  return row;
};

const inWords = ({ available, reserved }: Sums): string =>
  `${formatDecimal(available)} available and ${formatDecimal(reserved)} reserved`;

/**
 * Holds the balances of a portfolio against their entries (A2) and against what is kept for orders (A4), looks for those
 * below zero (A3), and for holes in what was told of it and of them (A8).
 * @param kept what was read before; absent: everything is read anew
 */
export const checkPortfolio = async (
  db: Database,
  portfolioId: string,
  tally: BooksTally,
  kept?: KeptSums,
): Promise<void> => {
  const before = await countedAndTold(db, portfolioId);
  if (!before) return; // Deleted meanwhile.
  const { counted, told, dataCounted, dataTold } = before;
  const known = kept?.of(portfolioId) ?? nothingRead;
  // A restored database counts anew from before.
  const from = known.version <= counted ? known : nothingRead;
  const faults: Parameters<BooksTally['fault']>[] = [];
  const fault = (...of: (typeof faults)[number]) => void faults.push(of);
  const mismatch = (name: CheckName, words: string) => fault(name, 'mismatch', words);

  const checkStream = async (stream: string, after: number, last: number, lastTold: number) => {
    tally.checked('A8');
    const missing = await missingIn(db, stream, after, last);
    if (missing > 0) fault('A8', 'missing', `${missing} of the events ${after + 1} to ${last} of ${stream}`, missing);
    if (last !== lastTold) mismatch('A8', `${stream}: its last event is ${lastTold}, and ${last} are counted`);
  };
  await checkStream(streams.balances(portfolioId), from.version, counted, told);
  await checkStream(streams.portfolio(portfolioId), 0, dataCounted, dataTold);

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
    const remaining = reserved.get(key)?.reserved ?? zero;
    const words = `${key.trim()} of ${portfolioId}: ${inWords(balance)}`;
    for (const name of ['A2', 'A3', 'A4'] as const) tally.checked(name);
    if (differ(balance.available, booked.available) || differ(balance.reserved, booked.reserved))
      fault('A2', held.has(key) ? 'mismatch' : 'missing', `${words}; by its entries ${inWords(booked)}`);
    if (balance.available.units < 0n || balance.reserved.units < 0n) mismatch('A3', `${words}, which is below zero`);
    if (held.has(key) && isZero(balance.available) && isZero(balance.reserved))
      mismatch('A3', `${words}, which is nothing`);
    if (differ(balance.reserved, remaining))
      mismatch('A4', `${words}; ${formatDecimal(remaining)} remains of its reservations`);
  }
  if (faults.length === 0) kept?.keep(portfolioId, read);
  else kept?.forget(portfolioId);
  if (faults.length > 0 && (await isKept(db, portfolioId))) for (const of of faults) tally.fault(...of);
};
