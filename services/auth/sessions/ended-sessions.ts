import { invalidCursor } from '@tickfolio/lib/errors';
import { epochOf } from '@tickfolio/lib/outbox';
import type { Database, DatabaseTime } from '@tickfolio/lib/postgres';
import { and, asc, gte, sql } from 'drizzle-orm';
import { sessions, userEvents } from '../schema.js';
import { timeMs } from './agreed-time.js';

/** A page of sessions that were ended. */
export interface EndedSessionsPage {
  readonly sessionIds: readonly string[];
  /** Asks for the next page; empty on the last. */
  readonly next: string;
  /** Epoch milliseconds; what ends from here on is in an answer to a later question. */
  readonly asOfMs: number;
  /** Another one after the database was restored from a backup. */
  readonly epoch: number;
}

/**
 * The sessions that were ended since a moment, oldest first. What is committed late is named too, so some are named
 * twice.
 * @param sinceMs `asOfMs` of an answer before; 0 for as far back as access tokens live
 * @param cursor `next` of the page before; empty for the first
 * @throws AppError invalid_argument for a cursor that is none
 */
export type ListEndedSessions = (sinceMs: number, cursor: string) => Promise<EndedSessionsPage>;

export interface EndedSessionsOptions {
  readonly time: DatabaseTime;
  /** How long an access token lives, in milliseconds. */
  readonly accessTtlMs: number;
  /** Default 1 000. */
  readonly pageSize?: number;
}

/** A session gets the time of its end before that is committed: a transaction takes 12 s at most. */
const lateMs = 60_000;
/** As cursors have it: the database tells time finer, and all that one statement ends has the same. */
const endedAt = sql<Date>`date_trunc('milliseconds', ${sessions.revokedAt})`.mapWith(sessions.revokedAt);
const cursorPattern = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const createListEndedSessions = (
  db: Database,
  { time, accessTtlMs, pageSize = 1_000 }: EndedSessionsOptions,
): ListEndedSessions => {
  return async (sinceMs, cursor) => {
    const [, lastMs, lastId = ''] = cursorPattern.exec(cursor) ?? [];
    if (cursor !== '' && lastMs === undefined) throw invalidCursor();
    const asOfMs = await timeMs(db, time);
    // A moment that is still to come is from before the database's clock was set back, or of one before it that was
    // ahead: what ends now would lie before it.
    const knownMs = sinceMs > asOfMs ? 0 : sinceMs;
    const from = new Date(Math.max(knownMs, asOfMs - accessTtlMs) - lateMs);
    const last = lastMs === undefined ? undefined : new Date(Number(lastMs));
    const after = last && sql`(${endedAt}, ${sessions.id}) > (${last.toISOString()}::timestamptz, ${lastId}::uuid)`;
    const rows = await db
      .select({ id: sessions.id, endedAt })
      .from(sessions)
      .where(and(gte(sessions.revokedAt, last && last > from ? last : from), after))
      .orderBy(asc(endedAt), asc(sessions.id))
      .limit(pageSize);
    const [told] = await db.select({ epoch: epochOf(userEvents) }).from(sql`(select 1) one`);
    const end = rows.length === pageSize ? rows.at(-1) : undefined;
    return {
      sessionIds: rows.map(({ id }) => id),
      next: end ? `${end.endedAt.getTime()}.${end.id}` : '',
      asOfMs,
      epoch: told?.epoch ?? 1,
    };
  };
};
