import { type Clock, sleep } from '@tickfolio/lib/clock';
import type { AppendEvents } from '@tickfolio/lib/outbox';
import { type Database, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { asc, eq, inArray } from 'drizzle-orm';
import { accounts, userStreams } from '../schema.js';
import { createdEvent, loadTopic } from './user-stream.js';

export interface FormerAccountsDeps {
  readonly db: Database;
  readonly append: AppendEvents;
  /** Has the commit told. */
  readonly note: (tx: Parameters<AppendEvents>[0]) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A build of before may make some at any time, as long as one runs beside this. */
const periodMs = 60_000;
/** Nobody should have an embedded database for long. */
const pageRows = 200;
const pauseMs = 100;

/**
 * Tells of accounts that nobody was told of, of builds before there were events: a while after the start, and then now
 * and then. `close` waits for the page that is written.
 */
export const tellOfFormerAccounts = ({ db, append, note, clock, log }: FormerAccountsDeps) => {
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  /** @returns how many */
  const tellPage = (): Promise<number> =>
    db.transaction(async (tx) => {
      const untold = await tx
        .select({ userId: userStreams.userId, name: accounts.name })
        .from(userStreams)
        .innerJoin(accounts, eq(accounts.id, userStreams.userId))
        .where(eq(userStreams.version, 0))
        .orderBy(asc(userStreams.userId))
        .limit(pageRows)
        .for('update', { of: userStreams, skipLocked: true });
      if (untold.length === 0) return 0;
      const ids = untold.map(({ userId }) => userId);
      await tx.update(userStreams).set({ version: 1 }).where(inArray(userStreams.userId, ids));
      await append(
        tx,
        await loadTopic(),
        untold.map(({ userId, name }) => createdEvent(userId, name)),
      );
      note(tx);
      return untold.length;
    });
  const tellAll = async () => {
    let told = 0;
    try {
      for (let page = pageRows; page > 0 && !stop.signal.aborted; ) {
        page = await tellPage();
        told += page;
        if (page > 0) await sleep(clock, pauseMs, stop.signal);
      }
    } catch (err) {
      log.warn({ err: fromPostgresError(err) }, 'accounts of before could not be told of; trying again later');
    }
    if (told > 0) log.info({ accounts: told }, 'told of accounts of before');
  };
  const timer = clock.every(periodMs, () => {
    running ??= inBackground(tellAll).finally(() => {
      running = undefined;
    });
  });
  return {
    close: async () => {
      stop.abort();
      timer.cancel();
      await running;
    },
  };
};
