import type { Clock } from '../../../clock/clock.js';
import { AppError, type ErrorCode } from '../../../errors/errors.js';
import {
  type Database,
  fromPostgresError,
  sqlState,
  type Transaction,
  violatedConstraint,
} from '../../../postgres/postgres.js';
import { type ErasedUsers, erases } from './erased-users.js';
import type { Incoming } from './incoming.js';
import { judge, type Standing, type Verdict } from './judge.js';
import { type createStandings, type Standings, standingOf } from './standings.js';

/** What becomes of an event: as it is judged, or nothing, because its user was erased. */
export type Fate = Verdict | 'erased';

/** What the events make of the streams, one after the other. */
export const plan = (
  events: readonly Incoming[],
  about: {
    readonly standings: Standings;
    readonly erased: ReadonlySet<string>;
    readonly epochOf: (source: string) => number;
  },
): { readonly fates: readonly Fate[]; readonly after: ReadonlyMap<string, Incoming & Standing> } => {
  const standings = new Map(about.standings);
  const erased = new Set(about.erased);
  const after = new Map<string, Incoming & Standing>();
  const fates = events.map((event): Fate => {
    const { stream, source, userId, epoch, version } = event;
    if (userId !== undefined && erased.has(userId)) return 'erased';
    const fate = judge(standingOf(standings, stream), event, about.epochOf(source));
    if (fate !== 'next' && fate !== 'anew') return fate;
    standings.set(stream, { epoch, version, isParked: false });
    after.set(stream, { ...event, isParked: false });
    if (erases(event)) erased.add(userId as string);
    return fate;
  });
  return { fates, after };
};

/** What became of a piece. */
export type PieceEnd =
  /** So many of the events as there are fates, from the first on. */
  | { readonly kind: 'done'; readonly fates: readonly Fate[] }
  /** Nothing was done: others did something to these streams meanwhile, and events are missing now. */
  | { readonly kind: 'moved' }
  /** Nothing was done: this one can never be taken in. */
  | { readonly kind: 'poison'; readonly at: number; readonly reason: string };

/** Forgets what a stream said. @returns whose it was, where that is known */
export type Restart = (
  tx: Transaction,
  of: { readonly stream: string; readonly source: string },
) => Promise<string | undefined>;
export type Emptied = (of: { readonly stream: string; readonly userId: string | undefined }) => void;

export interface PieceDeps {
  readonly db: Database;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly standings: ReturnType<typeof createStandings>;
  readonly erasedUsers: ErasedUsers;
  readonly epochOf: (source: string) => number;
  readonly restart: Restart;
  readonly erase: ((tx: Transaction, userId: string) => Promise<void>) | undefined;
}

/** Then a transaction takes no further event: an embedded database has one connection, which others wait for. */
const maxPieceMs = 50;
/** Refusals that are the same however often the event comes. */
const refusals: ReadonlySet<ErrorCode> = new Set(['invalid_argument', 'unprocessable', 'failed_precondition']);
/** A value that no column takes, and one that breaks a rule of its row; not what another row may change. */
const refusedValues = /^(22|23514$)/;
const isForGood = (thrown: unknown): boolean =>
  thrown instanceof AppError ? refusals.has(thrown.code) : refusedValues.test(sqlState(thrown) ?? '');

const reasonOf = (thrown: unknown): string => {
  if (thrown instanceof AppError) return thrown.message;
  return `the database refuses it: ${[sqlState(thrown), violatedConstraint(thrown)].filter(Boolean).join(' ')}`;
};

/**
 * Takes some events in, in one transaction that locks their streams, looks again, makes true what they say and notes
 * how far the streams are. @throws AppError for what passes: nothing was done then
 */
export const createTakePiece =
  ({ db, clock, standings, erasedUsers, epochOf, restart, erase }: PieceDeps) =>
  async (events: readonly Incoming[]): Promise<PieceEnd> => {
    let at = -1;
    const take = async (tx: Transaction): Promise<PieceEnd> => {
      const erased = await erasedUsers.lock(tx, events);
      const about = { standings: await standings.lock(tx, events), erased, epochOf };
      const { fates } = plan(events, about);
      if (fates.includes('missing')) return { kind: 'moved' };
      const isTaken = (index: number) => fates[index] === 'next' || fates[index] === 'anew';
      const unreadable = events.findIndex(({ fault }, index) => fault !== undefined && isTaken(index));
      if (unreadable >= 0) return { kind: 'poison', at: unreadable, reason: events[unreadable]?.fault ?? '' };
      const begunMs = clock.monotonic();
      let taken = events.length;
      for (const [index, { of, event, userId, stream, source }] of events.entries()) {
        if (!isTaken(index)) continue;
        if (at >= 0 && clock.monotonic() - begunMs > maxPieceMs) {
          taken = index;
          break;
        }
        at = index;
        if (fates[index] === 'anew') await restart(tx, { stream, source });
        if (event === undefined) continue;
        if (erase && userId !== undefined && erases(events[index] as Incoming)) {
          await erasedUsers.note(tx, userId);
          await erase(tx, userId);
        } else await of.apply(tx, event);
      }
      at = -1;
      await standings.write(tx, plan(events.slice(0, taken), about).after);
      return { kind: 'done', fates: fates.slice(0, taken) };
    };
    try {
      return await db.transaction(take);
    } catch (err) {
      if (at >= 0 && isForGood(err)) return { kind: 'poison', at, reason: reasonOf(err) };
      throw fromPostgresError(err);
    }
  };

/** Has a stream begin anew that its source does not have any more since it was restored from a backup. */
export const createEmpty =
  ({ db, standings, restart }: Pick<PieceDeps, 'db' | 'standings' | 'restart'>, emptied?: Emptied) =>
  async (of: { readonly stream: string; readonly source: string }, epoch: number): Promise<void> => {
    const begun = await db.transaction(async (tx) => {
      const standing = standingOf(await standings.lock(tx, [of]), of.stream);
      if (standing.isParked || standing.epoch >= epoch) return undefined;
      const userId = await restart(tx, of);
      await standings.write(tx, new Map([[of.stream, { ...of, epoch, version: 0, isParked: false }]]));
      return { stream: of.stream, userId };
    });
    if (begun) emptied?.(begun);
  };
