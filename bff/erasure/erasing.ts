import { type Clock, sleep } from '@tickfolio/lib/clock';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { eachUser } from '@tickfolio/lib/outbox';
import { createErasedAnswer, createOpenErasures } from '@tickfolio/lib/outbox/inbox';
import { type DatabaseTime, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { erasedUsers, openErasures, profileEvents } from '../schema.js';
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

/** After the start, for what a kill has left. */
const firstMs = 5_000;
/** Between two pieces, for other work. */
const pauseMs = 20;
/** All of the last 30 days are erased and told of once more at the start, and so often. */
const beginAgainMs = 6 * 3_600_000;

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

  const open = createOpenErasures({ db, tables: { erasedUsers, openErasures }, time });
  const answer = createErasedAnswer({ ...events, tables: profileEvents, topic: userEvents, time, service: source });
  let begunAgainMs: number | undefined;

  const erase = async (userId: string) => {
    begun(userId);
    while (!stop.signal.aborted && (await deleteUserRows(db, userId, pieceRows)))
      await sleep(clock, pauseMs, stop.signal);
    if (stop.signal.aborted) return;
    const isNew = await db.transaction(async (tx) => (await open.end(tx, userId)) && answer.say(tx, userId));
    if (isNew) log.info({ userId }, 'nothing is left here of a user whose account was deleted');
  };
  const beginAgain = async () => {
    if (begunAgainMs !== undefined && clock.monotonic() - begunAgainMs < beginAgainMs) return;
    await open.beginAgain();
    begunAgainMs = clock.monotonic();
  };
  const run = async () => {
    do {
      again = false;
      try {
        await beginAgain();
        await eachUser({ page: open.page, erase, log, signal: stop.signal });
        await answer.forgetOld();
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
