import { eraseEntries } from '@tickfolio/lib/audit';
import { type Clock, sleep } from '@tickfolio/lib/clock';
import { eachUser } from '@tickfolio/lib/outbox';
import { type Database, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import type { Logger } from '@tickfolio/lib/telemetry';
import { eraseStream } from '../events/erased-stream.js';
import type { AuthMetrics } from '../metrics.js';
import type { Erasures } from './erasures.js';

export interface ErasingDeps {
  readonly db: Database;
  readonly erasures: Erasures;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Pick<AuthMetrics, 'erasureAge'>;
  /** The services whose erasures are waited for. */
  readonly holders: readonly string[];
}

export interface ErasingOptions {
  /** The service, as its own erasures name it. */
  readonly service: string;
  /** How often it is looked for what was left, by another replica or by a build before. Default 60 000. */
  readonly periodMs?: number;
  /** Rows of one statement. Default 1 000. */
  readonly pieceRows?: number;
}

/** Erases what is left here of accounts that were deleted. */
export interface Erasing {
  /** Something was deleted: looks at once. Never waits. */
  wake(): void;
  /** Waits for the piece that is erased. */
  close(): Promise<void>;
}

/** After the start, for what a kill has left. */
const firstMs = 5_000;
const pauseMs = 50;
/** So often, and at the start, it is looked for what a build of before has written of users since they were deleted. */
const leftOverMs = 6 * 3_600_000;

/** Piece by piece, so that nobody has an embedded database for long; whoever is killed in the middle begins anew. */
export const startErasing = (deps: ErasingDeps, options: ErasingOptions): Erasing => {
  const { db, erasures, clock, log, metrics, holders } = deps;
  const { service, periodMs = 60_000, pieceRows = 1_000 } = options;
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  let again = false;

  const pause = () => sleep(clock, pauseMs, stop.signal);
  const eraseEvents = async (userId: string) => {
    let after: number | undefined = 0;
    while (after !== undefined && !stop.signal.aborted) {
      const before: number = after;
      after = await eraseStream(db, userId, before, pieceRows);
      if (after !== undefined && after - before >= pieceRows) await pause();
    }
  };
  const eraseLog = async (userId: string) => {
    for (let erased = pieceRows; erased > 0 && !stop.signal.aborted; ) {
      erased = await eraseEntries(db, userId, pieceRows);
      if (erased === pieceRows) await pause();
    }
  };
  const erase = async (userId: string) => {
    await eraseEvents(userId);
    await eraseLog(userId);
    if (!stop.signal.aborted) await erasures.done(userId, service);
  };
  let lookedMs: number | undefined;
  const eraseLeftOver = async () => {
    if (lookedMs !== undefined && clock.monotonic() - lookedMs < leftOverMs) return;
    await eachUser({ page: erasures.deleted, erase: eraseLog, log, signal: stop.signal });
    lookedMs = clock.monotonic();
  };
  const page = (after: string, limit: number) => erasures.open(service, after, limit);
  const tellAges = async () => {
    const ages = new Map((await erasures.ages()).map(({ service: name, ageS }) => [name, ageS]));
    for (const name of new Set([...holders, ...ages.keys()]))
      metrics.erasureAge.set({ service: name }, ages.get(name) ?? 0);
  };
  const run = async () => {
    do {
      again = false;
      try {
        while ((await erasures.waitFor(holders, pieceRows)) && !stop.signal.aborted) await pause();
        await eachUser({ page, erase, log, signal: stop.signal });
        await eraseLeftOver();
        await tellAges();
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
