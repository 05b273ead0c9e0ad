import type { Clock } from '@tickfolio/lib/clock';
import type { SocketLimits } from '../limits.js';
import type { Feed } from './feed.js';

/**
 * Finds what was traded steadily and is not any more: the exchange may have halted or delisted it, or everything, which
 * only its list says.
 */
export interface TradingHalts {
  /** Called about once a second. */
  look(feeds: Iterable<Feed>): void;
}

/** How a symbol is traded. */
interface Pace {
  eventMs: number | undefined;
  /** When its last trade was noticed, monotonic milliseconds. */
  tradedMs: number;
  /** Seconds with trades. */
  seconds: number;
  /** Of late. */
  longestPauseMs: number;
  /** After which pause the list is worth reading. */
  askAfterMs: number;
}

/** With fewer seconds of trades nobody knows how long a coin usually pauses. */
const leastSeconds = 30;
/** A pause is unusual where it is so many times as long as the longest one of late. */
const unusual = 2;
/** A pause counts so much less with every second of trades: after some minutes of them it is forgotten. */
const fading = 0.99;
/** Where the list still has it trading, it is read again when the pause is so many times as long. */
const patience = 3;

/** @param ask reads the list */
export const createTradingHalts = (
  clock: Pick<Clock, 'monotonic'>,
  limits: Pick<SocketLimits, 'haltedAfterMs' | 'symbolsSoonMs'>,
  ask: () => void,
): TradingHalts => {
  let paces = new Map<string, Pace>();
  let askedMs = Number.NEGATIVE_INFINITY;

  const noteTrade = (pace: Pace, nowMs: number) => {
    pace.longestPauseMs = Math.max(pace.longestPauseMs * fading, nowMs - pace.tradedMs);
    pace.tradedMs = nowMs;
    pace.seconds += 1;
    pace.askAfterMs = Math.max(limits.haltedAfterMs, pace.longestPauseMs * unusual);
  };
  const paceOf = ({ lastEventMs }: Feed, before: Pace | undefined, nowMs: number): Pace => {
    if (!before)
      return { eventMs: lastEventMs, tradedMs: nowMs, seconds: 0, longestPauseMs: 0, askAfterMs: limits.haltedAfterMs };
    if (before.eventMs !== lastEventMs) noteTrade(before, nowMs);
    before.eventMs = lastEventMs;
    return before;
  };
  return {
    look: (feeds) => {
      const nowMs = clock.monotonic();
      const next = new Map<string, Pace>();
      for (const feed of feeds) {
        // What has no connection is silent for another reason, and what is halted is known.
        if (feed.kind !== 'aggTrade' || feed.link.kind !== 'answered' || feed.listing !== 'TRADING') continue;
        next.set(feed.name, paceOf(feed, paces.get(feed.name), nowMs));
      }
      paces = next;
      if (nowMs - askedMs < limits.symbolsSoonMs) return;
      const silent = [...next.values()].filter(
        ({ seconds, tradedMs, askAfterMs }) => seconds >= leastSeconds && nowMs - tradedMs >= askAfterMs,
      );
      if (silent.length === 0) return;
      askedMs = nowMs;
      for (const pace of silent) pace.askAfterMs = (nowMs - pace.tradedMs) * patience;
      ask();
    },
  };
};
