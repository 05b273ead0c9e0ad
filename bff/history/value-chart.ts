import { createHash } from 'node:crypto';
import type { ValueRange } from '@tickfolio/api/history';
import { type Database, databaseTime, fromPostgresError } from '@tickfolio/lib/postgres';
import { type SQL, sql } from 'drizzle-orm';
import { isSimulated, type Kind, type Valued } from '../market/portfolio-value.js';
import { chartBins, completeOnly, minutesKeptMs, valueRanges } from './value-ranges.js';

export interface ValuePoint extends Valued {
  /** The minute whose value it is, epoch milliseconds. */
  readonly atMs: number;
}

/** What there is to be drawn of a range. */
export interface ValueChart {
  /** How far apart points are at most where none is missing. */
  readonly stepMs: number;
  /** Another one as soon as `points` are others, however they came to be; unlike every other user's. */
  readonly revision: string;
  /**
   * The last value of every step, oldest first. The first and the last are within a step of the first and the last that
   * is recorded.
   * @param afterMs of what is later only
   */
  points(afterMs?: number): Promise<readonly ValuePoint[]>;
}

const minuteMs = 60_000;
/** So late may a minute be recorded, by a slow round or beside the younger one of another replica. */
const lateMs = 10 * minuteMs;

/** The view under the name of before has the rows of before too. */
const minutes = { table: sql.raw('portfolio_values'), key: sql.raw('minute'), at: sql.raw('minute') };
const hours = { table: sql.raw('portfolio_hours'), key: sql.raw('hour'), at: sql.raw('at') };

interface PointRow {
  readonly atMs: string | number;
  readonly value: string;
  readonly missing: string[] | null;
  readonly old: string[] | null;
}

const toPoint = ({ atMs, value, missing, old }: PointRow): ValuePoint => ({
  atMs: Number(atMs),
  value,
  ...(missing ? { missing } : {}),
  ...(old ? { old } : {}),
});

const timeOf = (atMs: number) => sql`${new Date(atMs).toISOString()}::timestamptz`;
const epochMs = (moment: string) => sql.raw(`(extract(epoch from ${moment}) * 1000)::bigint`);
const digestOf = (points: readonly ValuePoint[]) =>
  createHash('sha256').update(JSON.stringify(points)).digest('base64url').slice(0, 22);

/** @throws AppError unavailable when the database is away */
export const createValueCharts = (db: Database) => {
  const rowsOf = (from: typeof minutes, userId: string, kind: Kind) =>
    sql`from ${from.table} where user_id = ${userId} and simulated = ${isSimulated(kind)}`;
  /** The moments of the first and the last value of a range, and of the first of which there is a minute. */
  const ends = async (userId: string, kind: Kind, range: ValueRange, now: SQL) => {
    const begins = sql`${now} - ${valueRanges[range]} * interval '1 millisecond'`;
    const within = (from: typeof minutes) =>
      sql`${rowsOf(from, userId, kind)} and ${from.key} >= ${begins} and ${from.key} <= ${now}`;
    const both = (which: 'min' | 'max', best: 'least' | 'greatest') => {
      const end = (from: typeof minutes) => sql`(select ${sql.raw(which)}(${from.key}) ${within(from)})`;
      return valueRanges[range] > minutesKeptMs ? sql`${sql.raw(best)}(${end(minutes)}, ${end(hours)})` : end(minutes);
    };
    const found = sql`(select ${both('min', 'least')} as first, ${both('max', 'greatest')} as last,
      (select min(${minutes.key}) ${within(minutes)}) as minute, ${now} as now) ends`;
    const moment = (of: string) => sql<string | null>`${epochMs(of)}`;
    const columns = {
      firstMs: moment('first'),
      lastMs: moment('last'),
      minutesFromMs: moment('minute'),
      nowMs: moment('now'),
    };
    const [row] = await db.select(columns).from(found);
    if (row?.firstMs == null || row.lastMs == null) return undefined;
    const { firstMs, lastMs, minutesFromMs, nowMs } = row;
    return {
      firstMs: Number(firstMs),
      lastMs: Number(lastMs),
      minutesFromMs: Number(minutesFromMs),
      nowMs: Number(nowMs),
    };
  };
  /**
   * The last row of every bin, found bin by bin in the index: a row is a page of its own, for rows lie in the order of
   * time.
   */
  const lastOfBins = async (
    userId: string,
    kind: Kind,
    fromMs: number,
    stepMs: number,
    withHours: boolean,
    nowMs: number,
  ) => {
    const step = sql.raw(`interval '${stepMs / 1_000} seconds'`);
    const [first, now] = [timeOf(fromMs), timeOf(nowMs)];
    const lastOf = (
      from: typeof minutes,
    ) => sql`(select ${from.at} as at, value, missing, old ${rowsOf(from, userId, kind)}
      and ${from.key} >= bin and ${from.key} < bin + ${step} and ${from.key} >= ${first} and ${from.key} <= ${now} order by ${from.key} desc limit 1)`;
    const last = withHours
      ? sql`(${lastOf(minutes)} union all ${lastOf(hours)} order by at desc limit 1)`
      : lastOf(minutes);
    const points = sql`(select last.* from generate_series(date_bin(${step}, ${first}, 'epoch'), ${now}, ${step}) as bin, lateral ${last} last) points`;
    const columns = {
      atMs: sql<string>`${epochMs('at')}`,
      value: sql<string>`value`,
      missing: sql<string[] | null>`missing`,
      old: sql<string[] | null>`old`,
    };
    const rows = await db.select(columns).from(points).orderBy(sql`at`);
    return rows.map(toPoint);
  };
  return async (kind: Kind, userId: string, range: ValueRange, atMs?: number): Promise<ValueChart> => {
    const found = await orFault(ends(userId, kind, range, atMs === undefined ? databaseTime() : timeOf(atMs)));
    const revision: (string | number)[] = [userId, kind, range];
    if (!found) return { stepMs: minuteMs, revision: revision.join('.'), points: async () => [] };
    const { nowMs } = found;
    const { stepMs, fromMs, withHours } = chartBins(range, found.firstMs, nowMs);
    const startOf = (atMs: number) => Math.max(fromMs, Math.floor(atMs / stepMs) * stepMs);
    const tell = async (startMs: number) =>
      startMs > nowMs
        ? []
        : completeOnly(await orFault(lastOfBins(userId, kind, startMs, stepMs, withHours, nowMs)), stepMs, nowMs);
    const newest = digestOf(await tell(startOf(found.lastMs - lateMs - stepMs)));
    // Where minutes are dropped, the first of their hours are told instead.
    revision.push(stepMs, fromMs, withHours ? found.minutesFromMs : 0, newest);
    // With the step of `afterMs` itself: whether the one that runs is told depends on what is before it.
    const points = async (afterMs = 0) => (await tell(startOf(afterMs))).filter(({ atMs }) => atMs > afterMs);
    return { stepMs, revision: revision.join('.'), points };
  };
};

const orFault = <T>(work: Promise<T>): Promise<T> =>
  work.catch((thrown: unknown) => {
    throw fromPostgresError(thrown);
  });
