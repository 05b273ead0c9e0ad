import { type Clock, sleep } from '@tickfolio/lib/clock';
import { userEvents } from '@tickfolio/lib/events/user-events';
import { type AppendEvents, eachUser } from '@tickfolio/lib/outbox';
import { createErasedAnswer, createOpenErasures } from '@tickfolio/lib/outbox/inbox';
import {
  type Database,
  type DatabaseTime,
  fromPostgresError,
  inBackground,
  type Transaction,
} from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { eq } from 'drizzle-orm';
import { erasingUsers, inboxOf, owners, portfolioEvents } from '../schema.js';
import { pieces } from './erased-rows.js';

/** The service, as it says that it has erased a user. */
const service = 'portfolio';

/** Removes all that lies here of users who were deleted. */
export interface Erasing {
  /** Notes that a user is to be erased, in the transaction in which that was heard. */
  begin(tx: Transaction, userId: string): Promise<void>;
  /** One was noted just now. Never waits. */
  wake(): void;
  /** Lets the piece that runs end. */
  close(): Promise<void>;
}

export interface ErasingDeps {
  /** Its commits wake who sends events. */
  readonly db: Database;
  readonly append: AppendEvents;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How often it is looked for what another replica, or this one before its end, has not done. */
const lookMs = 10_000;
/** Between two pieces, for other work. */
const pauseMs = 20;
/** All of the last 30 days are erased and told of once more at the start, and so often. */
const beginAgainMs = 6 * 3_600_000;
const forgetMs = 3_600_000;

/** One user after the other, piece by piece; whatever ends it in the middle, it goes on where it was. */
export const startErasing = ({ db, append, time, clock, log }: ErasingDeps): Erasing => {
  const stop = new AbortController();
  const open = createOpenErasures({
    db,
    tables: { erasedUsers: inboxOf.erasedUsers, openErasures: erasingUsers },
    time,
  });
  const answer = createErasedAnswer({ db, append, tables: portfolioEvents, topic: userEvents, time, service });
  let running: Promise<void> | undefined;
  let again = false;

  /** A piece of the rest, or where nothing is left, that it is done: another replica may have been faster. @returns whether it is */
  const end = (userId: string): Promise<boolean> =>
    db.transaction(async (tx) => {
      // Waits for who makes something of the user just now.
      await tx.insert(owners).values({ userId, createdAt: time() }).onConflictDoNothing();
      await tx.select().from(owners).where(eq(owners.userId, userId)).for('update');
      for (const piece of pieces) if ((await piece(tx, userId)) > 0) return false;
      const isDue = await open.end(tx, userId);
      await tx.delete(owners).where(eq(owners.userId, userId));
      if (isDue && (await answer.say(tx, userId))) log.info({ userId }, 'a deleted user was erased');
      return true;
    });
  const erase = async (userId: string): Promise<void> => {
    for (const piece of pieces) {
      let gone = 1;
      while (gone > 0) {
        if (stop.signal.aborted) return;
        gone = await db.transaction((tx) => piece(tx, userId));
        if (gone > 0) await sleep(clock, pauseMs, stop.signal);
      }
    }
    while (!(await end(userId))) {
      if (stop.signal.aborted) return;
      await sleep(clock, pauseMs, stop.signal);
    }
  };
  /** @returns what does the work, not more often than that */
  const seldom = (everyMs: number, work: () => Promise<void>) => {
    let doneMs: number | undefined;
    return async () => {
      if (doneMs !== undefined && clock.monotonic() - doneMs < everyMs) return;
      await work();
      doneMs = clock.monotonic();
    };
  };
  const beginAgain = seldom(beginAgainMs, open.beginAgain);
  const forgetOld = seldom(forgetMs, answer.forgetOld);
  const eraseAll = async () => {
    try {
      await beginAgain();
      await forgetOld();
      do {
        again = false;
        await eachUser({ page: open.page, erase, log, signal: stop.signal });
      } while (again && !stop.signal.aborted);
    } catch (err) {
      log.warn({ err: fromPostgresError(err) }, 'deleted users could not be erased; trying again later');
    }
  };
  const look = () => {
    again = true;
    running ??= inBackground(eraseAll).finally(() => {
      running = undefined;
    });
  };
  const timer = clock.every(lookMs, look);
  return {
    begin: open.begin,
    wake: look,
    close: async () => {
      stop.abort();
      timer.cancel();
      await running;
    },
  };
};
