import type { Clock } from '../../clock/clock.js';
import type { EventLog } from '../../event-log/event-log.js';
import type { Database, DatabaseTime, Transaction } from '../../postgres/postgres.js';
import type { Logger, Metrics } from '../../telemetry/telemetry.js';
import { type Batches, createBatches } from './batches.js';
import { createAskOwner, createFilling, type Filling } from './filling.js';
import { createParking, type Parking } from './parking.js';
import { createPositions } from './positions.js';
import { type Reading, startReading } from './reading.js';
import { createSources } from './sources.js';
import type { AnyEvent, ConsumedTopic } from './taking/consumed-topic.js';
import { createErasedUsers, type ErasedUsers, noErasedUsers } from './taking/erased-users.js';
import type { Incoming } from './taking/incoming.js';
import { createInboxMetrics } from './taking/metrics.js';
import { createParked } from './taking/parked.js';
import { createEmpty, createTakePiece, type Emptied, type Restart } from './taking/piece.js';
import { createStandings } from './taking/standings.js';
import type { InboxTables } from './taking/tables.js';
import { type Beat, createTake } from './taking/take.js';

export interface IntakeDeps {
  /** Its commits may be told of: see `tellCommits`. */
  readonly db: Database;
  readonly tables: InboxTables;
  readonly time: DatabaseTime;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** With the topics and their dead letters (`deadLettersOf`) among its topics. */
  readonly eventLog: Pick<EventLog, 'append' | 'consume' | 'offsets'>;
}

export interface IntakeOptions {
  readonly topics: readonly ConsumedTopic[];
  /**
   * A stream begins anew, because its source was restored from a backup: forget what it said. Its events come again from
   * the first; or none, where the source does not have it any more.
   * @returns whose it was, where that is known
   */
  readonly restart: Restart;
  /**
   * Of a service that holds something of users: a user was deleted (`user.deleted`). Nothing of the user is taken in
   * from here on. What takes long is only begun here. It may come again where all of an owner is read anew, long after:
   * what is done already is done.
   */
  readonly erase?: (tx: Transaction, userId: string) => Promise<void>;
  /** Told of events after their commit, for hints to others: not where the process is killed in between. */
  readonly committed?: (events: readonly AnyEvent[]) => void;
  /** Told in the same way of a stream that began anew and of which no event comes. */
  readonly emptied?: Emptied;
}

/** What takes events in, wherever they come from. */
export interface Intake {
  /** From the log. */
  readonly batches: Batches;
  readonly positions: ReturnType<typeof createPositions>;
  /** From their owners: all of them, by source. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** From their owners: single streams. */
  readonly filling: Filling;
  /** With whatever is missing before them. */
  readonly take: (events: readonly Incoming[], beat: Beat) => Promise<void>;
  readonly parked: ReturnType<typeof createParked>;
  readonly parking: Parking;
  readonly erasedUsers: ErasedUsers;
  /** Begins to erase a user whose deletion is known before it is told. */
  readonly erase: (userId: string) => Promise<void>;
}

/** Puts the parts together, and begins to read what the owners have. */
export const startIntake = (deps: IntakeDeps, options: IntakeOptions, signal: AbortSignal): Intake => {
  const { db, tables, clock, log, eventLog } = deps;
  const { topics, restart, erase, committed, emptied } = options;
  const names = topics.map(({ topic }) => topic.name);
  const metrics = createInboxMetrics(deps.metrics, names);
  const readings = new Map<string, Reading>();
  const topicsOf = (source: string) => topics.filter(({ topic, owner }) => owner && topic.source === source);
  const epochOf = (source: string) => readings.get(source)?.epoch ?? 0;
  const standings = createStandings(tables);
  const erasedUsers = erase ? createErasedUsers(deps) : noErasedUsers;
  const parked = createParked(deps);
  const parking = createParking({ eventLog, topics, parked, log, metrics });
  const shared = {
    db,
    clock,
    log,
    standings,
    erasedUsers,
    epochOf,
    topicsOf,
    restart,
    erase,
    metrics,
    signal,
    ...parking,
  };

  const plainTake = createTake({
    ...shared,
    takePiece: createTakePiece(shared),
    committed: (events) => committed?.(events.flatMap(({ event }) => event ?? [])),
  });
  const ask = createAskOwner(clock);
  const filling = createFilling({
    ...shared,
    ask,
    take: plainTake,
    empty: createEmpty(shared, emptied),
    raise: async (source, epoch) => readings.get(source)?.raise(epoch),
  });
  const take = (events: readonly Incoming[], beat: Beat) =>
    plainTake(events, { beat, fill: (event) => filling.before(event, beat) });
  const sources = createSources(deps);
  for (const source of new Set(topics.map(({ topic }) => topic.source))) {
    const own = topicsOf(source);
    if (own.length > 0) readings.set(source, startReading({ ...shared, sources, ask, take, filling }, source, own));
  }
  const positions = createPositions(db, tables);
  const batches = createBatches({ ...shared, positions, readings, take });
  const eraseNow = (userId: string) =>
    db.transaction(async (tx) => {
      if (!erase || (await erasedUsers.lockErased(tx, userId))) return;
      await erasedUsers.note(tx, userId);
      await erase(tx, userId);
    });
  return { batches, positions, readings, filling, take, parked, parking, erasedUsers, erase: eraseNow };
};
