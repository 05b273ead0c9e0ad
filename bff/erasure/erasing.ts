import { type Clock, sleep } from '@tickfolio/lib/clock';
import { streams } from '@tickfolio/lib/events/streams';
import { type DatabaseTime, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { openErasures, profileEvents } from '../schema.js';
import { type ProfileEvents, source } from './profile-events.js';
import { deleteUserRows } from './user-rows.js';

export interface ErasingDeps {
  readonly events: Pick<ProfileEvents, 'db' | 'append'>;
  /** Told of each user before anything goes, and once more where that was begun before. */
  readonly begun: (userId: string) => void;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface ErasingOptions {
  /** How often it is looked for what was left, by another replica or by a kill. Default 60 000. */
  readonly periodMs?: number;
  /** Rows of one statement. Default 1 000. */
  readonly pieceRows?: number;
}

/** Erases users whose account was deleted. */
export interface Erasing {
  /** One was deleted: looks at once. Never waits. */
  wake(): void;
  /** Waits for the piece that is erased. */
  close(): Promise<void>;
}

const maxUsers = 100;
/** After the start, for what a kill has left. */
const firstMs = 5_000;
/** Between two pieces, for other work. */
const pauseMs = 20;
/** As `erased_users`. */
const keptDays = 30;

/**
 * Piece by piece, apart from every request; says that it is done in the transaction in which it is. Whoever is killed in
 * the middle goes on where it was.
 */
export const startErasing = (deps: ErasingDeps, options: ErasingOptions = {}): Erasing => {
  const { events, begun, time, clock, log } = deps;
  const { db } = events;
  const { periodMs = 60_000, pieceRows = 1_000 } = options;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let again = false;

  const sayDone = async (userId: string) => {
    const { userEvents } = await import('@tickfolio/lib/events/user-events');
    const stream = streams.erasure(userId, source);
    await db.transaction(async (tx) => {
      const open = await tx.delete(openErasures).where(eq(openErasures.userId, userId)).returning();
      if (open.length === 0) return; // Another replica was faster.
      const said = await tx
        .select({ seq: profileEvents.events.seq })
        .from(profileEvents.events)
        .where(eq(profileEvents.events.stream, stream));
      if (said.length > 0) return;
      const event = { type: 'user.erased' as const, stream, version: 1, userId, data: { service: source } };
      await events.append(tx, userEvents, [event]);
    });
    log.info({ userId }, 'nothing is left here of a user whose account was deleted');
  };
  const erase = async (userId: string) => {
    begun(userId);
    while (!stop.signal.aborted && (await deleteUserRows(db, userId, pieceRows)))
      await sleep(clock, pauseMs, stop.signal);
    if (!stop.signal.aborted) await sayDone(userId);
  };
  /** What was said of users whom the event log has forgotten. */
  const forgetOld = async () => {
    const said = profileEvents.events;
    const isOld = sql`${said.createdAt} < ${time()} - make_interval(days => ${keptDays})`;
    const old = db
      .select({ seq: said.seq })
      .from(said)
      .where(and(eq(said.type, 'user.erased'), isNotNull(said.sentAt), isOld))
      .limit(pieceRows);
    await db.delete(said).where(inArray(said.seq, old));
  };
  const eraseAll = async () => {
    for (let users = maxUsers; users === maxUsers && !stop.signal.aborted; ) {
      const open = await db
        .select({ userId: openErasures.userId })
        .from(openErasures)
        .orderBy(asc(openErasures.begunAt))
        .limit(maxUsers);
      users = open.length;
      for (const { userId } of open) await erase(userId);
    }
  };
  const run = async () => {
    do {
      again = false;
      try {
        await eraseAll();
        await forgetOld();
      } catch (err) {
        if (!stop.signal.aborted)
          log.warn({ err: fromPostgresError(err) }, 'deleted users could not be erased; trying again later');
      }
    } while (again && !stop.signal.aborted);
  };
  const look = () => {
    if (stop.signal.aborted) return;
    if (running) again = true;
    else
      running = inBackground(run).finally(() => {
        running = undefined;
        if (again) look(); // Since it looked last.
      });
  };
  const timers = [clock.after(firstMs, look), clock.every(periodMs, look)];
  return {
    wake: look,
    close: async () => {
      stop.abort();
      for (const timer of timers) timer.cancel();
      await running;
    },
  };
};
