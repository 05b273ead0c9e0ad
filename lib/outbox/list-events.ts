import { and, asc, eq, getTableColumns, gt, gte, max, sql } from 'drizzle-orm';
import { AppError } from '../errors/errors.js';
import type { Database, DatabaseTime } from '../postgres/postgres.js';
import { envelopeOf } from './envelope.js';
import { epochOf } from './epoch.js';
import type { EventRow, OutboxTables } from './tables.js';

/** One stream from a version on, or all events behind a number that an answer before has said (0 at first). */
export type EventsAsked = { readonly stream: string; readonly fromVersion: number } | { readonly afterSeq: number };

export interface ListedEvents {
  /** Envelopes, JSON, in their order. */
  readonly events: readonly string[];
  /** What to ask for next: a version or a number. */
  readonly next: number;
  /** Where one stream was asked for: of its newest event, 0 where it has none; and what its numbers stand under. */
  readonly stream?: { readonly lastVersion: number; readonly epoch: number };
}

/**
 * Events of the service from its own table, for consumers that came new or missed some. All of them are told up to a
 * minute ago only: what commits late has a lower number than what was told before it.
 * @throws AppError invalid_argument for a limit, a version or a number that cannot be
 */
export type ListEvents = (asked: EventsAsked, limit: number) => Promise<ListedEvents>;

export interface ListEventsDeps {
  readonly db: Database;
  readonly tables: Pick<OutboxTables, 'events' | 'databaseEpoch'>;
  readonly time: DatabaseTime;
  /** The service. */
  readonly source: string;
}

const maxLimit = 500;
/** A transaction takes 12 s at most, and the time of its events is that of its beginning. */
const settledAfterS = 60;

const requireWhole = (field: string, value: number, from: number, to = Number.MAX_SAFE_INTEGER): void => {
  if (Number.isSafeInteger(value) && value >= from && value <= to) return;
  const message = `must be a whole number from ${from}${to === Number.MAX_SAFE_INTEGER ? '' : ` to ${to}`}`;
  throw new AppError('invalid_argument', `The ${field} ${message}.`, { fields: [{ field, message }] });
};

export const createListEvents = ({ db, tables, time, source }: ListEventsDeps): ListEvents => {
  const { events } = tables;
  const told = (rows: readonly (EventRow & { readonly epoch: number })[]) =>
    rows.map((row) => envelopeOf(row, { source, epoch: row.epoch }));
  return async (asked, limit) => {
    requireWhole('limit', limit, 1, maxLimit);
    if ('stream' in asked) {
      const { stream, fromVersion } = asked;
      requireWhole('from_version', fromVersion, 1);
      const ofStream = eq(events.stream, stream);
      const rows = await db
        .select({ ...getTableColumns(events), epoch: epochOf(tables) })
        .from(events)
        .where(and(ofStream, gte(events.version, fromVersion)))
        .orderBy(asc(events.version))
        .limit(limit);
      const [newest] = await db
        .select({ version: max(events.version), epoch: epochOf(tables) })
        .from(events)
        .where(ofStream);
      return {
        events: told(rows),
        next: (rows.at(-1)?.version ?? fromVersion - 1) + 1,
        stream: { lastVersion: newest?.version ?? 0, epoch: newest?.epoch ?? 1 },
      };
    }
    requireWhole('after_seq', asked.afterSeq, 0);
    const around = sql`make_interval(secs => ${settledAfterS})`;
    // One of far ahead was written before the clock was set back: who waits for it has to wait for all that is behind it.
    const isSettled = sql<boolean>`${events.createdAt} not between ${time()} - ${around} and ${time()} + ${around}`;
    const found = await db
      .select({ ...getTableColumns(events), epoch: epochOf(tables), isSettled })
      .from(events)
      .where(gt(events.seq, asked.afterSeq))
      .orderBy(asc(events.seq))
      .limit(limit);
    // Up to the first that is too new, whatever stands behind it: nobody asks for it again once a later one was told.
    const tooNew = found.findIndex((row) => !row.isSettled);
    const rows = tooNew < 0 ? found : found.slice(0, tooNew);
    return { events: told(rows), next: rows.at(-1)?.seq ?? asked.afterSeq };
  };
};
