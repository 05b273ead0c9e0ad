import type { Clock, Timer } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Lease } from '@tickfolio/lib/outbox';
import { type Database, fromPostgresError, inBackground } from '@tickfolio/lib/postgres';
import { createBackoff } from '@tickfolio/lib/retry';
import type { Logger } from '@tickfolio/lib/telemetry';
import { and, asc, count, gt, isNull, notInArray } from 'drizzle-orm';
import { openErasures, profiles } from '../schema.js';
import type { Beginning } from './beginning.js';
import type { HandOver } from './hand-over.js';
import type { HandBack } from './restored.js';

export interface AdopterDeps {
  readonly db: Database;
  readonly beginning: Pick<Beginning, 'begin'>;
  readonly handOver: HandOver;
  readonly handBack: HandBack;
  /** Of one replica at a time. */
  readonly lease: Lease;
  /** Whether prices are made up; undefined while nobody knows. */
  readonly simulated: () => boolean | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface AdopterOptions {
  /** How soon it is tried again while the portfolio service is away, or another replica is at it. Default 5 000. */
  readonly periodMs?: number;
  /** Users who are looked for at once. Default 250. */
  readonly pieceUsers?: number;
}

/** Hands over everybody's coins; once more those of whom the portfolio service has heard less since a restore. */
export interface Adopter {
  /** What is being done, in words; undefined where nothing is. */
  readonly progress: string | undefined;
  /** Lets the user who is being handed over be the last. */
  close(): Promise<void>;
}

/** Between two looks for a portfolio service where none was ever there: longer each time. */
const firstPauseMs = 50;
/** So long too until who was refused is tried again, and until it is looked whether somebody is left. */
const maxPauseMs = 60_000;

/** Users who are handed over at a time. */
const atOnce = 4;

const inWords = (figure: number): string => figure.toLocaleString('en-US');

/** In the background from the start on. */
export const startAdopter = (deps: AdopterDeps, options: AdopterOptions = {}): Adopter => {
  const { db, beginning, handOver, handBack, lease, simulated, clock, log } = deps;
  const { periodMs = 5_000, pieceUsers = 250 } = options;
  const stop = new AbortController();
  let progress: string | undefined;
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let told = false;
  /** Behind whom it goes on: who takes too long keeps nobody behind waiting. */
  let after = '';
  const looks = createBackoff({ minRetryMs: firstPauseMs, maxRetryMs: maxPauseMs, leastShare: 0.5 });

  const remaining = () => {
    const erased = db.select({ userId: openErasures.userId }).from(openErasures);
    return db
      .select({ id: profiles.id })
      .from(profiles)
      .where(and(isNull(profiles.adoptedAt), gt(profiles.id, after), notInArray(profiles.id, erased)))
      .orderBy(asc(profiles.id))
      .limit(pieceUsers);
  };
  const look = async () => {
    const [{ all, adopted } = { all: 0, adopted: 0 }] = await db
      .select({ all: count(), adopted: count(profiles.adoptedAt) })
      .from(profiles);
    progress = adopted === all ? undefined : `adopting holdings: ${inWords(adopted)} of ${inWords(all)}`;
  };
  /** @returns whether it has them: who is being deleted, or is refused, keeps nobody waiting */
  const handOne = async (userId: string): Promise<boolean> => {
    try {
      return await handOver({ userId, simulated: simulated(), requestId: undefined });
    } catch (thrown) {
      const err = thrown instanceof AppError ? thrown : fromPostgresError(thrown);
      if (await handBack(userId, err))
        throw new AppError('unavailable', 'Holdings are handed over once more.', { cause: err });
      if (err.code === 'unavailable' || err.code === 'deadline_exceeded') throw err;
      if (err.problem !== 'gone') log.error({ err, userId }, 'holdings could not be handed over');
      return false;
    }
  };
  /** @throws AppError where one of them found the portfolio service away */
  const handSome = async (userIds: readonly string[]) => {
    const ends = await Promise.allSettled(userIds.map(handOne));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };
  /** @returns after how long it is to be looked again */
  const adoptAll = async (): Promise<number> => {
    const isWhole = after === '';
    for (let users = pieceUsers; users === pieceUsers; ) {
      const piece = await remaining();
      users = piece.length;
      if (users === 0) break;
      await look();
      if (!(await lease.take())) return periodMs;
      for (let from = 0; from < users; from += atOnce) {
        if (stop.signal.aborted) return periodMs;
        const some = piece.slice(from, from + atOnce).map(({ id }) => id);
        after = some.at(-1) ?? after;
        await handSome(some);
      }
    }
    after = '';
    const wasAtIt = progress !== undefined;
    if (wasAtIt || !isWhole) {
      await look();
      await lease.release();
    }
    if (progress !== undefined) return isWhole ? maxPauseMs : periodMs;
    if (wasAtIt) log.info('all holdings are kept by the portfolio service');
    return maxPauseMs;
  };
  const run = async (): Promise<number | undefined> => {
    try {
      // Where there is only the first system nothing is said of this.
      if (!(await beginning.begin())) return looks.next();
      const again = await adoptAll();
      told = false;
      return again;
    } catch (thrown) {
      const err = thrown instanceof AppError ? thrown : fromPostgresError(thrown);
      if (!told && !stop.signal.aborted) log.warn({ err }, 'holdings cannot be handed over; trying again');
      told = true;
      return periodMs;
    }
  };
  const start = (afterMs: number) => {
    timer = clock.after(afterMs, () => {
      running = inBackground(run).then((againMs) => {
        if (againMs !== undefined && !stop.signal.aborted) start(againMs);
      });
    });
  };
  start(0);

  return {
    get progress() {
      return progress;
    },
    close: async () => {
      stop.abort();
      timer?.cancel();
      await running;
    },
  };
};
