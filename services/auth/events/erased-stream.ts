import { streams } from '@tickfolio/lib/events/streams';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import { userEvents, userStreams } from '../schema.js';

const { events } = userEvents;

/** In the place of a name; no name has a tilde. */
const noName = '~';

/**
 * Takes out of what was told of a user what is more than ids, at most `limit` events: its name, and what requests were
 * called. The numbers stay without a hole, so who is behind can still read up to the end.
 * @param afterVersion what the call before has answered; 0 at first @returns undefined once that was all
 */
export const eraseStream = async (
  db: Database,
  userId: string,
  afterVersion: number,
  limit: number,
): Promise<number | undefined> => {
  const ofStream = eq(events.stream, streams.user(userId));
  const page = await db
    .select({ version: events.version })
    .from(events)
    .where(and(ofStream, gt(events.version, afterVersion)))
    .orderBy(asc(events.version))
    .limit(limit);
  const last = page.at(-1)?.version;
  if (last === undefined) return undefined;
  const nameless = sql`jsonb_build_object('data', jsonb_build_object('id', ${userId}::text, 'name', ${noName}::text))`;
  const body = sql`(${events.body} - 'requestId' - 'traceparent') || case when ${events.type} = 'user.created' then ${nameless} else '{}'::jsonb end`;
  await db
    .update(events)
    .set({ body })
    .where(and(ofStream, gt(events.version, afterVersion), lte(events.version, last)));
  return last;
};

/** Forgets what was told of a user altogether, up to `limit` events. @returns how many went */
export const forgetStream = async (db: Database, userId: string, limit: number): Promise<number> => {
  const some = db
    .select({ seq: events.seq })
    .from(events)
    .where(eq(events.stream, streams.user(userId)))
    .limit(limit);
  const gone = await db.delete(events).where(inArray(events.seq, some)).returning({ seq: events.seq });
  if (gone.length === 0) await db.delete(userStreams).where(eq(userStreams.userId, userId));
  return gone.length;
};
