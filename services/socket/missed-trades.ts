import type { Clock } from '@tickfolio/lib/clock';
import type { ExchangeConnection } from './exchange-connection.js';

/** Whether the exchange's history has trades that a stream should have brought; undefined where that cannot be told. Never rejects. */
export type IsBehind = (name: string) => Promise<boolean | undefined>;

/** Asks the exchange's history about a connection that answers and yet brings nothing. */
export interface MissedTrades {
  /** Data came: it is asked about no sooner than after `afterMs` again. */
  saw(): void;
  /** Called once a second. @param pausedMs how long there were no data. @returns true when trades were missed for certain */
  judge(connection: ExchangeConnection, names: Iterable<string>, pausedMs: number): boolean;
}

/** A trade may reach the history and be still on its way here. */
const underWayMs = 1_000;

/** The stream that brought data last: it is the likeliest to have been traded since. */
const liveliestOf = (connection: ExchangeConnection, names: Iterable<string>): string | undefined => {
  let liveliest: string | undefined;
  let newestMs = Number.NEGATIVE_INFINITY;
  for (const name of names) {
    const seenMs = connection.lastSeenMs(name);
    if (seenMs === undefined || seenMs <= newestMs) continue;
    newestMs = seenMs;
    liveliest = name;
  }
  return liveliest;
};

/** @param afterMs asked after so long a pause, and again whenever it is twice as long: a quiet coin costs little */
export const createMissedTrades = (clock: Clock, isBehind: IsBehind | undefined, afterMs: number): MissedTrades => {
  let nextPauseMs = afterMs;
  let isAsking = false;
  /** What was known to be missing, of which connection and after which data. */
  let proof: { readonly connection: ExchangeConnection; readonly dataMs: number | undefined; readonly atMs: number } | undefined;

  const ask = async (connection: ExchangeConnection, name: string, ofStream: IsBehind) => {
    isAsking = true;
    const dataMs = connection.lastDataMs;
    const isMissing = await ofStream(name);
    isAsking = false;
    if (isMissing) proof = { connection, dataMs, atMs: clock.monotonic() };
  };
  return {
    saw: () => {
      nextPauseMs = afterMs;
      proof = undefined;
    },
    judge: (connection, names, pausedMs) => {
      if (proof?.connection === connection && proof.dataMs === connection.lastDataMs) {
        if (clock.monotonic() - proof.atMs < underWayMs) return false;
        proof = undefined;
        return true;
      }
      if (isAsking || !isBehind || pausedMs < nextPauseMs) return false;
      nextPauseMs = 2 * pausedMs;
      const name = liveliestOf(connection, names);
      if (name !== undefined) void ask(connection, name, isBehind);
      return false;
    },
  };
};
