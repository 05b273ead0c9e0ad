import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, gte, inArray, lt, type SQL, sql } from 'drizzle-orm';
import { coins, dayOpens, portfolioHours, portfolioValues } from './schema.js';

export interface UserValue {
  readonly userId: string;
  /** In USDT, canonical decimal text. */
  readonly value: string;
}

export interface ValuePoint {
  readonly atMs: number;
  readonly value: string;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What a chart can ask for: how far back, and how far apart the points are. At most 730 points each. */
export const valueRanges = {
  '1h': { spanMs: hourMs, stepMs: minuteMs },
  '24h': { spanMs: dayMs, stepMs: 5 * minuteMs },
  '7d': { spanMs: 7 * dayMs, stepMs: hourMs },
  '30d': { spanMs: 30 * dayMs, stepMs: hourMs },
  '1y': { spanMs: 365 * dayMs, stepMs: 12 * hourMs },
} as const;
export type ValueRange = keyof typeof valueRanges;

/** How long minutes, hours and the opens of days are kept. */
const minutesKeptMs = 2 * dayMs;
const hoursKeptMs = 2 * 365 * dayMs;
const opensKeptMs = 7 * dayMs;
const maxRowsPerInsert = 1_000;

/** Values in the course of time, in the database. Every method throws AppError `unavailable` when the database is away. */
export interface ValueHistory {
  /** Users who hold something, in the order of their ids. @param after the last one of the page before */
  holders(after: string, maxUsers: number): Promise<string[]>;
  /** Writes the values of a minute, once whoever does it; those of the hour's first minute for its hour too. @returns rows that were new */
  record(minuteMs: number, values: readonly UserValue[], alsoHour: boolean): Promise<number>;
  /** Oldest first. */
  points(userId: string, range: ValueRange, nowMs: number): Promise<ValuePoint[]>;
  /** Keeps the first price of a day (`2026-01-27`). */
  putOpens(day: string, prices: ReadonlyMap<string, string>): Promise<void>;
  /** Prices in the symbols' quote assets. */
  opens(day: string, symbols: readonly string[]): Promise<Map<string, string>>;
  /** Forgets what is kept no longer. */
  prune(nowMs: number): Promise<void>;
}

const pagesOf = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / maxRowsPerInsert) }, (_, at) =>
    rows.slice(at * maxRowsPerInsert, (at + 1) * maxRowsPerInsert),
  );

const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw fromPostgresError(thrown);
  }
};

export const createValueHistory = (db: Database): ValueHistory => {
  const onStep = (column: SQL.Aliased | typeof portfolioValues.minute | typeof portfolioHours.hour, stepMs: number) =>
    sql`extract(epoch from ${column})::bigint % ${stepMs / 1_000} = 0`;
  return {
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
    record: (atMs, values, alsoHour) =>
      orFault(async () => {
        const minute = new Date(atMs);
        const hour = new Date(Math.floor(atMs / hourMs) * hourMs);
        let added = 0;
        for (const page of pagesOf(values)) {
          const rows = await db
            .insert(portfolioValues)
            .values(page.map((row) => ({ ...row, minute })))
            .onConflictDoNothing()
            .returning({ userId: portfolioValues.userId });
          added += rows.length;
          if (alsoHour)
            await db
              .insert(portfolioHours)
              .values(page.map((row) => ({ ...row, hour })))
              .onConflictDoNothing();
        }
        return added;
      }),
    points: (userId, range, nowMs) =>
      orFault(async () => {
        const { spanMs, stepMs } = valueRanges[range];
        const from = new Date(nowMs - spanMs);
        if (stepMs < hourMs) {
          const { minute, value } = portfolioValues;
          const rows = await db
            .select({ at: minute, value })
            .from(portfolioValues)
            .where(and(eq(portfolioValues.userId, userId), gte(minute, from), onStep(minute, stepMs)))
            .orderBy(asc(minute));
          return rows.map(({ at, value: text }) => ({ atMs: at.getTime(), value: text }));
        }
        const { hour, value } = portfolioHours;
        const rows = await db
          .select({ at: hour, value })
          .from(portfolioHours)
          .where(and(eq(portfolioHours.userId, userId), gte(hour, from), onStep(hour, stepMs)))
          .orderBy(asc(hour));
        return rows.map(({ at, value: text }) => ({ atMs: at.getTime(), value: text }));
      }),
    putOpens: (day, prices) =>
      orFault(async () => {
        const rows = [...prices].map(([symbol, price]) => ({ day, symbol, price }));
        for (const page of pagesOf(rows)) await db.insert(dayOpens).values(page).onConflictDoNothing();
      }),
    opens: (day, symbols) =>
      orFault(async () => {
        if (symbols.length === 0) return new Map();
        const rows = await db
          .select()
          .from(dayOpens)
          .where(and(eq(dayOpens.day, day), inArray(dayOpens.symbol, [...symbols])));
        return new Map(rows.map(({ symbol, price }) => [symbol, price]));
      }),
    prune: (nowMs) =>
      orFault(async () => {
        await db.delete(portfolioValues).where(lt(portfolioValues.minute, new Date(nowMs - minutesKeptMs)));
        await db.delete(portfolioHours).where(lt(portfolioHours.hour, new Date(nowMs - hoursKeptMs)));
        await db.delete(dayOpens).where(lt(dayOpens.day, dayOf(nowMs - opensKeptMs)));
      }),
  };
};

/** The day in UTC, as `2026-01-27`. */
export const dayOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
