import type { Clock } from '@tickfolio/lib/clock';
import { createFeedClock, type FeedClock } from '@tickfolio/lib/market/feed-clock';
import { createComplaint, type Logger } from '@tickfolio/lib/telemetry';
import type { ExchangeFrame } from '../exchange/frame.js';
import type { SocketMetrics } from '../metrics.js';
import { createLateDates } from './late-dates.js';

/**
 * Tells frames that cannot be right from the others, by their content and by what the frames of all symbols say of the
 * time.
 */
export interface FrameJudge {
  readonly feedClock: FeedClock;
  /** What is wrong with the times of all frames, in words; undefined where nothing is. */
  readonly lateDates: string | undefined;
  /** Counts the frame. @returns why nothing of it can be used, in words of a small fixed set, or undefined */
  fault(frame: ExchangeFrame, symbol: string, receiveTimeMs: number): string | undefined;
}

const complaintPeriodMs = 10_000;
/**
 * So far ahead of the exchange's clock and of this computer's too, a time is wrong though the frames of all symbols
 * agree on it.
 */
const maxAheadMs = 60_000;
/**
 * No stream is ever so late behind the others, and all of them together are not behind both clocks: what a connection
 * still holds after a stall is late by minutes, and is right. Where all of them tell another time, trades follow them
 * and mini-tickers are left out.
 */
const maxBehindMs = 600_000;
/** What is older than so is a recording that is played with its own times, rather than a clock that is wrong. */
const recordingMs = 2 * 86_400_000;

/** @param exchangeNowMs what the exchange's clock shows, apart from its frames; undefined while that is not known */
export const createFrameJudge = (
  clock: Clock,
  log: Logger,
  metrics: SocketMetrics,
  exchangeNowMs: () => number | undefined,
): FrameJudge => {
  const feedClock = createFeedClock(clock);
  const lateDates = createLateDates(clock, log);
  const complain = createComplaint(clock, log, 'the exchange sends something that cannot be right', complaintPeriodMs);

  const isAheadOfClocks = (eventTimeMs: number, receiveTimeMs: number): boolean => {
    if (eventTimeMs <= receiveTimeMs + maxAheadMs) return false;
    const nowMs = exchangeNowMs();
    return nowMs !== undefined && eventTimeMs > nowMs + maxAheadMs;
  };
  /** How long before the exchange's clock and this computer's too it is dated; 0 where it is not. */
  const behindClocksMs = (eventTimeMs: number, receiveTimeMs: number): number => {
    const behindMs = Math.min(receiveTimeMs, exchangeNowMs() ?? Number.NEGATIVE_INFINITY) - eventTimeMs;
    return behindMs > recordingMs ? 0 : Math.max(0, behindMs);
  };
  const lateFault = ({ kind, eventTimeMs }: ExchangeFrame, behindMs: number): string | undefined => {
    if (kind === 'aggTrade') return undefined;
    if (behindMs > maxBehindMs) return "its time lies behind the exchange's own clock";
    return feedClock.isBehind(eventTimeMs, maxBehindMs) ? 'its time lies behind all other frames' : undefined;
  };
  const faultOf = (frame: ExchangeFrame, symbol: string, receiveTimeMs: number): string | undefined => {
    if (frame.fault !== undefined) return frame.fault;
    const behindMs = behindClocksMs(frame.eventTimeMs, receiveTimeMs);
    lateDates.observe(behindMs);
    const isAhead = isAheadOfClocks(frame.eventTimeMs, receiveTimeMs);
    const isBelieved = !isAhead && feedClock.observe(frame.eventTimeMs, symbol);
    // A trade with a wrong time is judged where the history can be asked about it.
    if (isBelieved || frame.kind === 'aggTrade') return lateFault(frame, behindMs);
    // It would stand as the newest of its symbol until its time comes, and there is no history of it to ask.
    return isAhead ? "its time lies ahead of the exchange's own clock" : 'its time lies ahead of all other frames';
  };
  return {
    feedClock,
    get lateDates() {
      return lateDates.words;
    },
    fault: (frame, symbol, receiveTimeMs) => {
      const { kind, stream, eventTimeMs } = frame;
      const fault = faultOf(frame, symbol, receiveTimeMs);
      metrics.frames.inc({ kind });
      if (fault === undefined) metrics.frameArrived(eventTimeMs, receiveTimeMs);
      else {
        metrics.implausible(kind, fault);
        complain(fault, { stream });
      }
      return fault;
    },
  };
};
