import type { Clock } from '@tickfolio/lib/clock';
import type { FeedClock } from '@tickfolio/lib/market/feed-clock';
import type { Sequence, Sequenced, SequenceEvents } from './trade-sequence.js';

// As for trades: times that began anew (a replay) are believed when they last, on a connection newer than the last good
// one.
const lowFrames = 5;
const lowLastsMs = 5_000;

/**
 * Mini-tickers are snapshots ordered by their event time: only newer ones pass, none ever waits. One whose time proves
 * to lie ahead of all frames, because it was the first that was heard, is no yardstick for those that follow.
 */
export const createTickerSequence = <F extends Sequenced>(
  clock: Clock,
  feedClock: Pick<FeedClock, 'isAhead'>,
  events: Pick<SequenceEvents<F>, 'forward' | 'duplicate' | 'reset'>,
): Sequence<F> => {
  let last: F | undefined;
  let lastSource = 0;
  let low = { frames: 0, sinceMs: 0 };

  const isReset = (source: number): boolean => {
    if (source <= lastSource) return false;
    const nowMs = clock.monotonic();
    if (low.frames === 0) low.sinceMs = nowMs;
    low.frames += 1;
    return low.frames >= lowFrames && nowMs - low.sinceMs >= lowLastsMs;
  };
  return {
    accept: (frame, source) => {
      if (last && frame.order <= last.order) {
        if (!feedClock.isAhead(last.order) && !isReset(source)) {
          events.duplicate();
          return;
        }
        events.reset(last.order, frame.order);
      }
      last = frame;
      lastSource = source;
      low = { frames: 0, sinceMs: 0 };
      events.forward(frame);
    },
    settled: true,
    close: () => undefined,
  };
};
