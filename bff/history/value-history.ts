import type { ValueRange } from '@tickfolio/api/history';
import { type Database, databaseTime, fromPostgresError } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { isSimulated, type Kind, type UserValue } from '../market/portfolio-value.js';
import { coins, dayOpens, erasedUsers, valueHours, valueMinutes } from '../schema.js';
import { createValueCharts, type ValueChart } from './value-chart.js';

/** The first price that is known of a day, in the symbol's quote asset, and from when it is. */
export interface DayOpen {
  readonly price: string;
  readonly atMs: number;
}

const hourMs = 3_600_000;
const maxRowsPerInsert = 1_000;

/**
 * Values in the course of time, in the database. Every method throws AppError `unavailable` when the database is away.
 */
export interface ValueHistory {
  /** The database's time, which is what values are stamped with: a minute is the same one for every replica. */
  now(): Promise<number>;
  /** Users who hold something, in the order of their ids. @param after the last one of the page before */
  holders(after: string, maxUsers: number): Promise<string[]>;
  /** Writes the values of a minute, once whoever does it, and as those of its hour where that has none yet. */
  record(kind: Kind, minuteMs: number, values: readonly UserValue[], alsoHour: boolean): Promise<void>;
  /** @param nowMs default the database's time */
  chart(kind: Kind, userId: string, range: ValueRange, nowMs?: number): Promise<ValueChart>;
  /** Keeps the first prices of the day (UTC) of `atMs`, which is by the exchange's time, as prices are. */
  putOpens(kind: Kind, atMs: number, prices: ReadonlyMap<string, string>): Promise<void>;
  /** @param day such as `2026-01-27` */
  opens(kind: Kind, day: string, symbols: readonly string[]): Promise<Map<string, DayOpen>>;
}

const pagesOf = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / maxRowsPerInsert) }, (_, at) =>
    rows.slice(at * maxRowsPerInsert, (at + 1) * maxRowsPerInsert),
  );

/** In one order whoever writes: two who wait for each other's rows in two orders would stop each other. */
const inOrder = <T>(rows: readonly T[], keyOf: (row: T) => string): T[] =>
  [...rows].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

/** A list of symbols as PostgreSQL reads one; null for none. */
const listText = (symbols: readonly string[] | undefined): string | null =>
  symbols ? `{${symbols.map((symbol) => `"${symbol.replace(/["\\]/g, '\\$&')}"`).join(',')}}` : null;

/** Values as a table of four columns: four parameters, however many rows there are. */
const columnsOf = (rows: readonly UserValue[]) => {
  const column = (of: (row: UserValue) => string | null) => sql`${sql.param(rows.map(of))}::text[]`;
  const columns = sql`${column(({ userId }) => userId)}, ${column(({ value }) => value)}, ${column(({ missing }) => listText(missing))}, ${column(({ old }) => listText(old))}`;
  // What a user holds was read before: the account may have been deleted since.
  const isErased = sql`exists (select from ${erasedUsers} where ${erasedUsers.userId} = given.user_id)`;
  return sql`(select user_id, value::numeric, missing::text[], old::text[] from unnest(${columns}) as given (user_id, value, missing, old) where not ${isErased}) rows`;
};

const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw fromPostgresError(thrown);
  }
};

export const createValueHistory = (db: Database, time = databaseTime): ValueHistory => ({
  now: () =>
    orFault(async () => {
      const [row] = await db
        .select({ ms: sql<string>`floor(extract(epoch from at) * 1000)::bigint` })
        .from(sql`(select ${time()} as at) now`);
      return Number(row?.ms);
    }),
  holders: (after, maxUsers) =>
    orFault(async () => {
      const rows = await db
        .selectDistinct({ userId: coins.userId })
        .from(coins)
        .where(and(gt(coins.userId, after), gt(coins.quantity, '0')))
        .orderBy(asc(coins.userId))
        .limit(maxUsers);
      return rows.map(({ userId }) => userId);
    }),
  record: (kind, atMs, values, alsoHour) =>
    orFault(async () => {
      const simulated = isSimulated(kind);
      const minute = new Date(atMs).toISOString();
      const hour = new Date(Math.floor(atMs / hourMs) * hourMs).toISOString();
      for (const page of pagesOf(inOrder(values, ({ userId }) => userId))) {
        const rows = columnsOf(page);
        await db
          .insert(valueMinutes)
          .select(sql`select user_id, ${simulated}::boolean, ${minute}::timestamptz, value, missing, old from ${rows}`)
          .onConflictDoNothing();
        if (!alsoHour) continue;
        await db
          .insert(valueHours)
          .select(
            sql`select user_id, ${simulated}::boolean, ${hour}::timestamptz, ${minute}::timestamptz, value, missing, old from ${rows}`,
          )
          .onConflictDoNothing();
      }
    }),
  chart: createValueCharts(db),
  putOpens: (kind, atMs, prices) =>
    orFault(async () => {
      const [day, recordedAt, simulated] = [dayOf(atMs), new Date(atMs), isSimulated(kind)];
      const rows = inOrder([...prices], ([symbol]) => symbol).map(([symbol, price]) => ({
        day,
        symbol,
        price,
        simulated,
        recordedAt,
      }));
      for (const page of pagesOf(rows)) await db.insert(dayOpens).values(page).onConflictDoNothing();
    }),
  opens: (kind, day, symbols) =>
    orFault(async () => {
      if (symbols.length === 0) return new Map();
      const rows = await db
        .select()
        .from(dayOpens)
        .where(
          and(eq(dayOpens.day, day), eq(dayOpens.simulated, isSimulated(kind)), inArray(dayOpens.symbol, [...symbols])),
        );
      return new Map(rows.map(({ symbol, price, recordedAt }) => [symbol, { price, atMs: recordedAt.getTime() }]));
    }),
});

/** The day in UTC, as `2026-01-27`. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
