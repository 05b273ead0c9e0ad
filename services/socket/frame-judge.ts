import type { Clock } from '@tickfolio/lib/clock';
import { createFeedClock, type FeedClock } from '@tickfolio/lib/market/feed-clock';
import { createComplaint, type Logger } from '@tickfolio/lib/telemetry';
import type { ExchangeFrame } from './frame.js';
import type { SocketMetrics } from './metrics.js';

/** Tells frames that cannot be right from the others, by their content and by what the frames of all symbols say of the time. */
export interface FrameJudge {
  readonly feedClock: FeedClock;
  /** Counts the frame. @returns why nothing of it can be used, in words of a small fixed set, or undefined */
  fault(frame: ExchangeFrame, symbol: string, receiveTimeMs: number): string | undefined;
}

const complaintPeriodMs = 10_000;

export const createFrameJudge = (clock: Clock, log: Logger, metrics: SocketMetrics): FrameJudge => {
  const feedClock = createFeedClock(clock);
  const complain = createComplaint(clock, log, 'the exchange sends something that cannot be right', complaintPeriodMs);

  const faultOf = (frame: ExchangeFrame, symbol: string): string | undefined => {
    if (frame.fault !== undefined) return frame.fault;
    // A trade with a wrong time is judged where the history can be asked about it.
    if (feedClock.observe(frame.eventTimeMs, symbol) || frame.kind === 'aggTrade') return undefined;
    return 'its time lies ahead of all other frames';
  };
  return {
    feedClock,
    fault: (frame, symbol, receiveTimeMs) => {
      const { kind, stream, eventTimeMs } = frame;
      const fault = faultOf(frame, symbol);
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
