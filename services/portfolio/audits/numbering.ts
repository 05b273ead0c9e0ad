import { streams } from '@tickfolio/lib/events/streams';
import type { Database } from '@tickfolio/lib/postgres';
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { erasingUsers, owners, portfolioEvents } from '../schema.js';
import type { BooksTally } from './check.js';
import { pieceRows } from './piece-rows.js';

const { events } = portfolioEvents;

/** The numbers of a stream behind one, up to another. @returns how many are missing */
export const missingIn = async (db: Database, stream: string, from: number, to: number): Promise<number> => {
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

const pageOwners = 200;

/** Looks for holes in what was told of what users watch (A8). @param goOn asked before each */
export const checkWatchlists = async (db: Database, tally: BooksTally, goOn: () => boolean): Promise<void> => {
  const { userId, watchlistVersion } = owners;
  for (let after = ''; goOn(); ) {
    const stream = sql`'watchlist:' || ${userId}`;
    const told = sql<number>`coalesce((select max(e.version) from ${events} e where e.stream = ${stream}), 0)::int`;
    const isErasing = sql<boolean>`exists (select from ${erasingUsers} g where g.user_id = ${userId})`;
    const rows = await db
      .select({ userId, counted: watchlistVersion, told, isErasing })
      .from(owners)
      .where(and(gt(userId, after), gt(watchlistVersion, 0)))
      .orderBy(asc(userId))
      .limit(pageOwners);
    for (const { userId: id, counted, told: last, isErasing: isGoing } of rows) {
      if (isGoing || !goOn()) continue;
      tally.checked('A8');
      const name = streams.watchlist(id);
      const missing = await missingIn(db, name, 0, counted);
      const [now] =
        missing > 0 || last !== counted ? await db.select({ isErasing }).from(owners).where(eq(userId, id)) : [];
      if (!now || now.isErasing) continue;
      if (missing > 0) tally.fault('A8', 'missing', `${missing} of the events 1 to ${counted} of ${name}`, missing);
      if (last !== counted)
        tally.fault('A8', 'mismatch', `${name}: its last event is ${last}, and ${counted} are counted`);
    }
    const page = rows.at(-1);
    if (page === undefined) return;
    after = page.userId;
  }
};
