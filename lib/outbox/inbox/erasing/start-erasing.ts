import { type Clock, sleep } from '../../../clock/clock.js';
import { userEvents } from '../../../events/user-events.js';
import {
  type Database,
  type DatabaseTime,
  fromPostgresError,
  inBackground,
  type Transaction,
} from '../../../postgres/postgres.js';
import type { Logger } from '../../../telemetry/telemetry.js';
import type { AppendEvents } from '../../append.js';
import { eachUser } from '../../each-user.js';
import type { OutboxTables } from '../../tables.js';
import type { InboxTables } from '../taking/tables.js';
import { createErasedAnswer } from './erased-answer.js';
import { createOpenErasures, type OpenErasuresTable } from './open-erasures.js';

/** Deletes some of what lies in a service of a user. @returns how many rows went, 0 where none was left */
export type ErasePiece = (tx: Transaction, userId: string) => Promise<number>;

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

export interface ErasingOptions {
  /** The service, as it says that it has erased a user. */
  readonly service: string;
  readonly tables: Pick<InboxTables, 'erasedUsers'> &
    Pick<OutboxTables, 'events'> & { readonly openErasures: OpenErasuresTable };
  /** In the order in which rows refer to each other. */
  readonly pieces: readonly ErasePiece[];
  /** Waits for who makes something of the user just now, and keeps others from it until the transaction ends. */
  readonly lock: (tx: Transaction, userId: string) => Promise<void>;
  /** Removes what the lock stands on, where that is of the user too. */
  readonly unlock?: (tx: Transaction, userId: string) => Promise<void>;
}

/** How often it is looked for what another replica, or this one before its end, has not done. */
const lookMs = 10_000;
/** Between two pieces, for other work. */
const pauseMs = 20;
/** All of the last 30 days are erased and told of once more at the start, and so often. */
const beginAgainMs = 6 * 3_600_000;
const forgetMs = 3_600_000;

/** One user after the other, piece by piece; whatever ends it in the middle, it goes on where it was. */
export const startErasing = (
  { db, append, time, clock, log }: ErasingDeps,
  { service, tables, pieces, lock, unlock }: ErasingOptions,
): Erasing => {
  const stop = new AbortController();
  const open = createOpenErasures({ db, tables, time });
  const answer = createErasedAnswer({ db, append, tables, topic: userEvents, time, service });
  let running: Promise<void> | undefined;
  let again = false;

  /** A piece of the rest, or where nothing is left, that it is done: another replica may have been faster. @returns whether it is */
  const end = (userId: string): Promise<boolean> =>
    db.transaction(async (tx) => {
      await lock(tx, userId);
      for (const piece of pieces) if ((await piece(tx, userId)) > 0) return false;
      const isDue = await open.end(tx, userId);
      await unlock?.(tx, userId);
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
