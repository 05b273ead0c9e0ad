import { AppError } from '../../../errors/errors.js';
import type { DeadLetter } from '../../../event-log/dead-letters.js';
import type { Database } from '../../../postgres/postgres.js';
import type { ConsumedTopic } from './consumed-topic.js';
import type { ErasedUsers } from './erased-users.js';
import type { Incoming } from './incoming.js';
import type { Standing } from './judge.js';
import type { InboxMetrics } from './metrics.js';
import { type createTakePiece, type Fate, plan } from './piece.js';
import type { createStandings } from './standings.js';

/** Called between two pieces of long work. @throws where it is not this process's any more */
export type Beat = () => Promise<void>;

export const beatUntil =
  (signal: AbortSignal): Beat =>
  async () => {
    if (signal.aborted) throw new AppError('canceled', 'The service ends.');
  };

export interface TakeHow {
  readonly beat: Beat;
  /** Takes in what is missing before an event, or parks its stream. Absent: nothing can be missing. */
  readonly fill?: (event: Incoming) => Promise<void>;
}

/** Takes events in, in their order, in pieces. @throws AppError for what passes: those that are left come again */
export type Take = (events: readonly Incoming[], how: TakeHow) => Promise<void>;

export interface TakingDeps {
  readonly db: Database;
  readonly standings: ReturnType<typeof createStandings>;
  readonly erasedUsers: ErasedUsers;
  readonly epochOf: (source: string) => number;
  readonly takePiece: ReturnType<typeof createTakePiece>;
  /** Sends an event to the dead letters, and parks its stream. */
  readonly park: (event: Incoming, reason: string) => Promise<void>;
  readonly metrics: InboxMetrics;
  /** Told of what was taken in, once it was committed. */
  readonly committed: (events: readonly Incoming[]) => void;
}

export type Bury = (of: ConsumedTopic, dead: readonly DeadLetter[]) => Promise<void>;

/** Of one transaction. */
const maxPieceEvents = 50;
/** How often others may have come before, until the events have to come again. */
const maxStalls = 10;
/** Of how many streams it is remembered how far they were. */
const maxLately = 10_000;

const isTaken = (fate: Fate | undefined): boolean => fate === 'next' || fate === 'anew';

export const createTake = (deps: TakingDeps): Take => {
  const { db, standings, erasedUsers, epochOf, takePiece, park, metrics, committed } = deps;
  /** How far streams were when something of them was taken in here last; others may have gone on since. */
  const lately = new Map<string, Standing>();
  const forget = (piece: readonly Incoming[]) => {
    for (const { stream } of piece) lately.delete(stream);
  };
  const remember = (taken: readonly Incoming[]) => {
    forget(taken);
    for (const { stream, epoch, version } of taken) lately.set(stream, { epoch, version, isParked: false });
    for (const stream of lately.keys()) {
      if (lately.size <= maxLately) return;
      lately.delete(stream);
    }
  };
  /** What is expected where all of it goes on from there; whoever takes it in looks again. */
  const expected = (piece: readonly Incoming[]): readonly Fate[] | undefined => {
    const standings = new Map<string, Standing>();
    for (const { stream } of piece) {
      const standing = lately.get(stream);
      if (!standing) return undefined;
      standings.set(stream, standing);
    }
    const { fates } = plan(piece, { standings, erased: new Set(), epochOf });
    return fates.every((fate) => fate === 'next') ? fates : undefined;
  };
  /** Looking is two turns of its own at an embedded database, and of little use where an event is just the next one. */
  const planned = async (piece: readonly Incoming[]) =>
    expected(piece) ??
    plan(piece, {
      standings: await standings.read(db, piece),
      erased: await erasedUsers.among(db, piece),
      epochOf,
    }).fates;
  return async (events, { beat, fill }) => {
    let rest = events;
    let limit = maxPieceEvents;
    let stalls = 0;
    const stall = () => {
      stalls += 1;
      if (stalls > maxStalls) throw new AppError('unavailable', 'Others take in the same events.');
    };
    while (rest.length > 0) {
      const fates = await planned(rest.slice(0, limit));
      const missing = fates.indexOf('missing');
      const [first] = rest;
      if (missing === 0 && first) {
        stall();
        await fill?.(first);
        continue;
      }
      const piece = rest.slice(0, missing < 0 ? limit : Math.min(missing, limit));
      const isIdle = !fates.slice(0, piece.length).some(isTaken);
      const end = isIdle ? ({ kind: 'done', fates: fates.slice(0, piece.length) } as const) : await takePiece(piece);
      limit = maxPieceEvents;
      const poison = end.kind === 'poison' ? piece[end.at] : undefined;
      if (end.kind !== 'done') forget(piece);
      if (end.kind === 'moved') stall();
      else if (end.kind === 'poison' && end.at > 0) limit = end.at;
      else if (end.kind === 'poison' && poison) await park(poison, end.reason);
      else if (end.kind === 'done') {
        stalls = 0;
        const done = piece.slice(0, end.fates.length);
        metrics.tell(done, end.fates);
        const taken = done.filter((_, at) => isTaken(end.fates[at]));
        remember(taken);
        if (taken.length > 0) committed(taken);
        rest = rest.slice(done.length);
      }
      await beat();
    }
  };
};
