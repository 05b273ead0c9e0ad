import type { Clock } from '@tickfolio/lib/clock';
import { checkViolation, type Database, fromPostgresError, sqlState, type Transaction } from '@tickfolio/lib/postgres';
import { lt, sql } from 'drizzle-orm';
import { dayOpens, valueRounds } from '../schema.js';
import { dayOf } from './value-history.js';
import { hoursKeptMs, minutesKeptMs } from './value-ranges.js';

/** The tables behind values in the course of time: made ahead, and dropped when nothing in them is kept any longer. */
export interface ValuePartitions {
  /**
   * Makes those of now and of the time after it. @returns whether all are there; false while another replica is at it.
   * @throws AppError
   */
  prepare(nowMs: number): Promise<boolean>;
  /**
   * Drops those of which nothing is kept, and removes what lies in none, as far as that goes in `budgetMs`; goes on
   * from there when it is called again.
   * @returns whether all of it is gone; false too while another replica is at it. @throws AppError
   */
  prune(nowMs: number, budgetMs: number): Promise<boolean>;
}

const dayMs = 86_400_000;
const opensKeptMs = 7 * dayMs;
/** A round asks for those of its hour only. */
const roundsKeptMs = dayMs;
/** To make or drop one takes a moment of everybody; who cannot have it tries later. */
const lockTimeout = sql`set local lock_timeout = '2s'`;
/** Any number that nobody else uses in the same database. */
const partitionLock = sql`pg_try_advisory_xact_lock(7237001523)`;
const startOfDay = (atMs: number, days: number) => (Math.floor(atMs / dayMs) + days) * dayMs;
const startOfMonth = (atMs: number, months: number) =>
  Date.UTC(new Date(atMs).getUTCFullYear(), new Date(atMs).getUTCMonth() + months);
const digitsOf = (atMs: number, count: number) => new Date(atMs).toISOString().replaceAll('-', '').slice(0, count);

interface Partitioned {
  readonly table: string;
  readonly column: string;
  readonly keptMs: number;
  /** The start of the partition of a moment, or of so many after it. */
  readonly startOf: (atMs: number, after: number) => number;
  /** How many digits of a date name a partition. */
  readonly digits: number;
  /** Tables that are never dropped: of rows without a partition, and of rows of before there were any. */
  readonly leftovers: readonly string[];
}

const all: readonly Partitioned[] = [
  {
    table: 'value_minutes',
    column: 'minute',
    keptMs: minutesKeptMs,
    startOf: startOfDay,
    digits: 8,
    leftovers: ['value_minutes_rest', 'portfolio_values_before'],
  },
  {
    table: 'value_hours',
    column: 'hour',
    keptMs: hoursKeptMs,
    startOf: startOfMonth,
    digits: 6,
    leftovers: ['value_hours_rest', 'portfolio_hours_before'],
  },
];

const name = (text: string) => sql.raw(`"${text}"`);
/** Definitions of tables take no parameters. */
const literal = (atMs: number) => sql.raw(`'${new Date(atMs).toISOString()}'`);

export interface ValuePartitionsOptions {
  /** How many pages of a table are looked through by one statement. Default 10, some 1,000 rows. */
  readonly pagesPerStep?: number;
}

export const createValuePartitions = (
  db: Database,
  clock: Pick<Clock, 'monotonic'>,
  { pagesPerStep = 10 }: ValuePartitionsOptions = {},
): ValuePartitions => {
  /**
   * The page that is next, of the tables whose old rows are being removed; past the last one it is infinite until all
   * have been looked through.
   */
  const places = new Map<string, number>();

  /** Only one does it at a time, of all replicas. @returns whether it was this one */
  const alone = (work: (tx: Transaction) => Promise<unknown>): Promise<boolean> =>
    db.transaction(async (tx) => {
      await tx.execute(lockTimeout);
      const [lock] = await tx.select({ mine: sql<boolean>`mine` }).from(sql`(select ${partitionLock} as mine) locked`);
      if (lock?.mine) await work(tx);
      return lock?.mine === true;
    });
  const partitionsOf = async ({ table, startOf, digits }: Partitioned) => {
    const names = sql`(select c.relname::text as name from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = ${table}::regclass) partitions`;
    const rows = await db.select({ name: sql<string>`name` }).from(names);
    return rows.flatMap(({ name: partition }) => {
      const date = partition.slice(table.length + 1);
      if (!/^\d+$/.test(date) || date.length !== digits) return [];
      const startMs = Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6) || '01'}T00:00:00Z`);
      return [{ partition, endMs: startOf(startMs, 1) }];
    });
  };
  const make = (table: string, partition: string, fromMs: number, toMs: number) =>
    // Attached, not made in place: rows are written meanwhile.
    alone(async (tx) => {
      const [known] = await tx
        .select({ is: sql<boolean>`is_there` })
        .from(sql`(select to_regclass(${partition}) is not null as is_there) known`);
      if (known?.is) return; // Another replica had the lock before.
      await tx.execute(sql`create table ${name(partition)} (like ${name(table)} including all)`);
      await tx.execute(
        sql`alter table ${name(table)} attach partition ${name(partition)} for values from (${literal(fromMs)}) to (${literal(toMs)})`,
      );
    });
  const prepare = async (nowMs: number) => {
    let done = true;
    for (const partitioned of all) {
      const { table, startOf, digits } = partitioned;
      const there = new Set((await partitionsOf(partitioned)).map(({ partition }) => partition));
      for (const after of [0, 1]) {
        const fromMs = startOf(nowMs, after);
        const partition = `${table}_${digitsOf(fromMs, digits)}`;
        if (there.has(partition)) continue;
        const made = await make(table, partition, fromMs, startOf(nowMs, after + 1)).catch((err: unknown) => {
          // Rows of that time lie in the rest already; those that follow do too.
          if (sqlState(err) !== checkViolation) throw err;
          return true;
        });
        done &&= made;
      }
    }
    return done;
  };
  /** @returns whether it was looked through to its end */
  const pruneRest = async (table: string, column: string, before: Date, untilMs: number): Promise<boolean> => {
    const size = sql`(select pg_relation_size(${table}::regclass) / current_setting('block_size')::int as pages) size`;
    const [row] = await db.select({ pages: sql<string>`pages` }).from(size);
    const pages = Number(row?.pages ?? 0);
    for (let page = places.get(table) ?? 0; page < pages; page += pagesPerStep) {
      places.set(table, page);
      if (clock.monotonic() >= untilMs) return false;
      const within = sql`ctid >= ${`(${page},0)`}::tid and ctid < ${`(${page + pagesPerStep},0)`}::tid`;
      const mine = await alone((tx) =>
        tx.execute(
          sql`delete from ${name(table)} where ${within} and ${name(column)} < ${before.toISOString()}::timestamptz`,
        ),
      );
      if (!mine) return false;
    }
    places.set(table, Number.POSITIVE_INFINITY);
    return true;
  };
  const prune = async (nowMs: number, budgetMs: number) => {
    const untilMs = clock.monotonic() + budgetMs;
    await db.delete(dayOpens).where(lt(dayOpens.day, dayOf(nowMs - opensKeptMs)));
    await db.delete(valueRounds).where(lt(valueRounds.minute, new Date(nowMs - roundsKeptMs)));
    const faults: unknown[] = [];
    let done = true;
    for (const partitioned of all) {
      const oldestMs = nowMs - partitioned.keptMs;
      const isOver = ({ endMs }: { readonly endMs: number }) => endMs <= oldestMs;
      for (const { partition } of (await partitionsOf(partitioned)).filter(isOver))
        try {
          done = (await alone((tx) => tx.execute(sql`drop table if exists ${name(partition)}`))) && done;
        } catch (err) {
          faults.push(err);
        }
      for (const table of partitioned.leftovers)
        done = (await pruneRest(table, partitioned.column, new Date(oldestMs), untilMs)) && done;
    }
    if (done) places.clear();
    if (faults.length > 0) throw faults[0]; // Not before the rest was removed: whoever may not drop tables may remove rows.
    return done;
  };
  const orFault = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (thrown) {
      throw fromPostgresError(thrown);
    }
  };
  return { prepare: (nowMs) => orFault(prepare(nowMs)), prune: (nowMs, budgetMs) => orFault(prune(nowMs, budgetMs)) };
};
