import { type Clock, sleep } from '@tickfolio/lib/clock';
import { streams } from '@tickfolio/lib/events/streams';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import {
  type Database,
  type DatabaseTime,
  fromPostgresError,
  inBackground,
  type Transaction,
} from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { asc, eq } from 'drizzle-orm';
import { erasingUsers, owners } from '../schema.js';
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

/** One user after the other, piece by piece; whatever ends it in the middle, it goes on where it was. */
export const startErasing = ({ db, append, time, clock, log }: ErasingDeps): Erasing => {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let again = false;

  /** The rest, and that it is done: another replica may have been faster. */
  const end = (userId: string) =>
    db.transaction(async (tx) => {
      // Waits for who makes something of the user just now.
      await tx.insert(owners).values({ userId, createdAt: time() }).onConflictDoNothing();
      await tx.select().from(owners).where(eq(owners.userId, userId)).for('update');
      const [due] = await tx.delete(erasingUsers).where(eq(erasingUsers.userId, userId)).returning();
      for (const piece of pieces) while ((await piece(tx, userId)) > 0);
      await tx.delete(owners).where(eq(owners.userId, userId));
      if (!due) return;
      const { userEvents } = await import('@tickfolio/lib/events/user-events');
      const stream = streams.erasure(userId, service);
      await append(tx, userEvents, [{ type: 'user.erased', userId, stream, version: 1, data: { service } }]);
      log.info({ userId }, 'a deleted user was erased');
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
    await end(userId);
  };
  const eraseAll = async () => {
    try {
      do {
        again = false;
        const due = await db
          .select({ userId: erasingUsers.userId })
          .from(erasingUsers)
          .orderBy(asc(erasingUsers.begunAt))
          .limit(100);
        for (const { userId } of due) if (!stop.signal.aborted) await erase(userId);
      } while (again && !stop.signal.aborted);
    } catch (err) {
      log.warn({ err: fromPostgresError(err) }, 'a deleted user could not be erased; trying again later');
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
    begin: async (tx, userId) => {
      await tx.insert(erasingUsers).values({ userId, begunAt: time() }).onConflictDoNothing();
    },
    wake: look,
    close: async () => {
      stop.abort();
      timer.cancel();
      await running;
    },
  };
};
