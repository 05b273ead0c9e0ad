import type { Clock } from '@tickfolio/lib/clock';
import { doubledMs } from '@tickfolio/lib/retry';
import type { ExchangeConnection } from '../exchange/exchange-connection.js';

/**
 * What is known of streams, whichever connection brought it. All times are the exchange's own, epoch milliseconds: its
 * clock is not ours.
 */
export interface StreamHistory {
  /**
   * When its symbol was traded last, by the exchange's history; 0 where it never was, undefined where that cannot be
   * told. Never rejects.
   */
  readonly lastTradedMs?: (name: string) => Promise<number | undefined>;
  /** When its last usable frame was; undefined before. */
  readonly lastEventMs?: (name: string) => number | undefined;
}

/** Asks the exchange's history about a connection that answers and yet brings nothing. */
export interface MissedTrades {
  /** Data of a stream came: it is asked about no sooner than after `afterMs` again. */
  saw(name: string): void;
  /**
   * Called once a second.
   * @param pausedMs how long there were no data
   * @returns true when trades were missed for certain
   */
  judge(connection: ExchangeConnection, names: ReadonlySet<string>, pausedMs: number): boolean;
}

/** A trade may reach the history and be still on its way here. */
const underWayMs = 1_000;
/** A mini-ticker shows a trade up to a second after it, and has a time of its own. */
const shownAfterMs = 1_000;
/** Asked at least so often: after a quiet night a connection that broke is found within this time too. */
const maxPauseMs = 600_000;

/**
 * A connection that brought data is held against them. One that brought none yet is not to blame for what was traded
 * before it stood, so history is asked twice about it, and only what is new the second time was missed. Where a
 * connection was replaced and the next one brings nothing either, each further one is asked about later.
 * @param afterMs asked after so long a pause, and again whenever it is twice as long, or 10 minutes longer: a quiet
 * coin costs little. Where no stream is known to be lively, all are asked about in turn, each so long after the one
 * before, before the pause gets longer: at weight 4 a question and 6 of them a minute, 50 connections stay below 1,300
 * of the 4,500 that are ours
 */
export const createMissedTrades = (
  clock: Clock,
  { lastTradedMs, lastEventMs }: StreamHistory,
  afterMs: number,
): MissedTrades => {
  let judged: ExchangeConnection | undefined;
  let nextPauseMs = afterMs;
  let isAsking = false;
  /** Replaced since there were data. */
  let replacements = 0;
  /** The stream of which there were data last: it is the likeliest to have been traded since. */
  let liveliest: string | undefined;
  /** Where none is known to be lively, each is asked about in turn. */
  let turn = 0;
  /** What history said of each stream since the connection that is judged stands. */
  const told = new Map<string, number>();
  /** What was known to be missing, of which connection and after which data. */
  let proof:
    | { readonly connection: ExchangeConnection; readonly dataMs: number | undefined; readonly atMs: number }
    | undefined;

  const begin = (connection: ExchangeConnection) => {
    judged = connection;
    told.clear();
    nextPauseMs = doubledMs(
      connection.lastDataMs === undefined ? afterMs / 2 : afterMs,
      maxPauseMs,
      Math.max(0, replacements - 1),
    );
  };
  const pick = (names: ReadonlySet<string>): string | undefined =>
    liveliest !== undefined && names.has(liveliest) ? liveliest : [...names][turn % names.size];
  /** Nothing to compare with is known of the stream: its answer proves nothing, and it is asked about once more. */
  const isFirst = (connection: ExchangeConnection, name: string): boolean =>
    !told.has(name) && connection.lastSeenMs(name) === undefined;
  const isLastOfRound = (connection: ExchangeConnection, name: string, names: ReadonlySet<string>): boolean =>
    name === liveliest || (turn % names.size === names.size - 1 && !isFirst(connection, name));

  const isMissing = (connection: ExchangeConnection, name: string, tradedMs: number): boolean => {
    const isFirstWord = isFirst(connection, name);
    const before = told.get(name);
    const knownMs = Math.max(before ?? 0, (lastEventMs?.(name) ?? 0) + shownAfterMs);
    if (!isFirstWord && tradedMs > knownMs) return true;
    told.set(name, tradedMs);
    if (!isFirstWord) turn += 1;
    return false;
  };
  const ask = async (
    connection: ExchangeConnection,
    name: string,
    ofStream: NonNullable<StreamHistory['lastTradedMs']>,
  ) => {
    isAsking = true;
    const dataMs = connection.lastDataMs;
    const tradedMs = await ofStream(name);
    isAsking = false;
    if (connection !== judged || dataMs !== connection.lastDataMs) return;
    if (tradedMs === undefined)
      turn += 1; // Others may be told.
    else if (isMissing(connection, name, tradedMs)) proof = { connection, dataMs, atMs: clock.monotonic() };
  };
  return {
    saw: (name) => {
      liveliest = name;
      nextPauseMs = afterMs;
      replacements = 0;
      proof = undefined;
    },
    judge: (connection, names, pausedMs) => {
      if (connection !== judged) begin(connection);
      if (proof?.connection === connection && proof.dataMs === connection.lastDataMs) {
        if (clock.monotonic() - proof.atMs < underWayMs) return false;
        proof = undefined;
        replacements += 1;
        return true;
      }
      if (isAsking || !lastTradedMs || pausedMs < nextPauseMs) return false;
      const name = pick(names);
      if (name === undefined) return false;
      nextPauseMs = pausedMs + Math.min(pausedMs, isLastOfRound(connection, name, names) ? maxPauseMs : afterMs);
      void ask(connection, name, lastTradedMs);
      return false;
    },
  };
};
