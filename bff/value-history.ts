import { type Database, fromPostgresError } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, gte, inArray, lt } from 'drizzle-orm';
import { coins, dayOpens, portfolioHours, portfolioValues } from './schema.js';

/** A value, and what it lacks; each list is there only where something stands in it. */
export interface Valued {
  /** In USDT, canonical decimal text. */
  readonly value: string;
  /** Symbols held without any price: they are not in it. */
  readonly missing?: readonly string[];
  /** Symbols valued at a price that stands still, because nothing newer can come. */
  readonly old?: readonly string[];
}

export interface UserValue extends Valued {
  readonly userId: string;
}

export interface ValuePoint extends Valued {
  readonly atMs: number;
}

/** The first price that is known of a day, in the symbol's quote asset, and from when it is. */
export interface DayOpen {
  readonly price: string;
  readonly atMs: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** What a chart can ask for: how far back. */
export const valueRanges = {
  '1h': hourMs,
  '24h': dayMs,
  '7d': 7 * dayMs,
  '30d': 30 * dayMs,
  '1y': 365 * dayMs,
} as const;
export type ValueRange = keyof typeof valueRanges;
/** An answer has at most so many points, evenly apart: one of these steps. */
const maxPoints = 400;
const minuteSteps = [1, 2, 5, 10, 15].map((minutes) => minutes * minuteMs);
const hourSteps = [1, 2, 3, 6, 12, 24].map((hours) => hours * hourMs);

/** How long minutes, hours and the opens of days are kept. */
const minutesKeptMs = 2 * dayMs;
const hoursKeptMs = 2 * 365 * dayMs;
const opensKeptMs = 7 * dayMs;
const maxRowsPerInsert = 1_000;

/** Whether prices are real; what was recorded with the others is never looked at. */
export type Kind = 'real' | 'simulated';

/** Values in the course of time, in the database. Every method throws AppError `unavailable` when the database is away. */
export interface ValueHistory {
  /** Users who hold something, in the order of their ids. @param after the last one of the page before */
  holders(after: string, maxUsers: number): Promise<string[]>;
  /** Writes the values of a minute, once whoever does it; those of the hour's first minute for its hour too. @returns rows that were new */
  record(kind: Kind, minuteMs: number, values: readonly UserValue[], alsoHour: boolean): Promise<number>;
  /** Oldest first. */
  points(kind: Kind, userId: string, range: ValueRange, nowMs: number): Promise<ValuePoint[]>;
  /** Keeps the first prices of the day (UTC) of `nowMs`. */
  putOpens(kind: Kind, nowMs: number, prices: ReadonlyMap<string, string>): Promise<void>;
  /** @param day such as `2026-01-27` */
  opens(kind: Kind, day: string, symbols: readonly string[]): Promise<Map<string, DayOpen>>;
  /** Forgets what is kept no longer. */
  prune(nowMs: number): Promise<void>;
}

const pagesOf = <T>(rows: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(rows.length / maxRowsPerInsert) }, (_, at) =>
    rows.slice(at * maxRowsPerInsert, (at + 1) * maxRowsPerInsert),
  );

/** With fewer hours than these a chart of hours says little. */
const minHours = 36;

/** Every point that stands on the smallest step with which there are few enough. */
const thinned = (points: readonly ValuePoint[], steps: readonly number[]): ValuePoint[] => {
  const fits = (stepMs: number) => points.filter(({ atMs }) => atMs % stepMs === 0);
  const step = steps.find((stepMs) => fits(stepMs).length <= maxPoints) ?? steps.at(-1) ?? minuteMs;
  return fits(step);
};

interface ValueRow {
  readonly at: Date;
  readonly value: string;
  readonly missing: string[] | null;
  readonly old: string[] | null;
}

const toPoint = ({ at, value, missing, old }: ValueRow): ValuePoint => ({
  atMs: at.getTime(),
  value,
  ...(missing ? { missing } : {}),
  ...(old ? { old } : {}),
});
const toRow = ({ userId, value, missing, old }: UserValue) => ({
  userId,
  value,
  missing: missing ? [...missing] : null,
  old: old ? [...old] : null,
});

const isSimulated = (kind: Kind): boolean => kind === 'simulated';

const orFault = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (thrown) {
    throw fromPostgresError(thrown);
  }
};

export const createValueHistory = (db: Database): ValueHistory => {
  const minutesOf = async (kind: Kind, userId: string, from: Date): Promise<ValuePoint[]> => {
    const { minute, value, missing, old } = portfolioValues;
    const rows = await db
      .select({ at: minute, value, missing, old })
      .from(portfolioValues)
      .where(and(eq(portfolioValues.userId, userId), eq(portfolioValues.simulated, isSimulated(kind)), gte(minute, from)))
      .orderBy(asc(minute));
    return rows.map(toPoint);
  };
  const hoursOf = async (kind: Kind, userId: string, from: Date): Promise<ValuePoint[]> => {
    const { hour, value, missing, old } = portfolioHours;
    const rows = await db
      .select({ at: hour, value, missing, old })
      .from(portfolioHours)
      .where(and(eq(portfolioHours.userId, userId), eq(portfolioHours.simulated, isSimulated(kind)), gte(hour, from)))
      .orderBy(asc(hour));
    return rows.map(toPoint);
  };
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
    record: (kind, atMs, values, alsoHour) =>
      orFault(async () => {
        const simulated = isSimulated(kind);
        const minute = new Date(atMs);
        const hour = new Date(Math.floor(atMs / hourMs) * hourMs);
        let added = 0;
        for (const page of pagesOf(values)) {
          const rows = await db
            .insert(portfolioValues)
            .values(page.map((row) => ({ ...toRow(row), minute, simulated })))
            .onConflictDoNothing()
            .returning({ userId: portfolioValues.userId });
          added += rows.length;
          if (alsoHour)
            await db
              .insert(portfolioHours)
              .values(page.map((row) => ({ ...toRow(row), hour, simulated })))
              .onConflictDoNothing();
        }
        return added;
      }),
    points: (kind, userId, range, nowMs) =>
      orFault(async () => {
        const from = new Date(nowMs - valueRanges[range]);
        if (valueRanges[range] <= minutesKeptMs) return thinned(await minutesOf(kind, userId, from), minuteSteps);
        const hours = await hoursOf(kind, userId, from);
        // Of a portfolio that is young the minutes tell more.
        return hours.length > minHours ? thinned(hours, hourSteps) : thinned(await minutesOf(kind, userId, from), minuteSteps);
      }),
    putOpens: (kind, nowMs, prices) =>
      orFault(async () => {
        const [day, recordedAt, simulated] = [dayOf(nowMs), new Date(nowMs), isSimulated(kind)];
        const rows = [...prices].map(([symbol, price]) => ({ day, symbol, price, simulated, recordedAt }));
        for (const page of pagesOf(rows)) await db.insert(dayOpens).values(page).onConflictDoNothing();
      }),
    opens: (kind, day, symbols) =>
      orFault(async () => {
        if (symbols.length === 0) return new Map();
        const rows = await db
          .select()
          .from(dayOpens)
          .where(and(eq(dayOpens.day, day), eq(dayOpens.simulated, isSimulated(kind)), inArray(dayOpens.symbol, [...symbols])));
        return new Map(rows.map(({ symbol, price, recordedAt }) => [symbol, { price, atMs: recordedAt.getTime() }]));
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
