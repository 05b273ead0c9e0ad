import type { Clock } from '@tickfolio/lib/clock';
import type { FeedWord } from '../market/aggregator-client.js';

/**
 * What answers say of symbols' feeds. The last word holds for a while for a symbol that nobody answers for, as one that
 * moves to another aggregator.
 */
export interface FeedWords {
  take(feeds: ReadonlyMap<string, FeedWord>): void;
  /** By symbol; as they were when the last answer came. */
  known(): ReadonlyMap<string, FeedWord>;
}

/** @param holdMs how long a word holds */
export const createFeedWords = (clock: Pick<Clock, 'monotonic'>, holdMs: number): FeedWords => {
  const last = new Map<string, { readonly feed: FeedWord; readonly atMs: number }>();
  return {
    take: (feeds) => {
      const nowMs = clock.monotonic();
      for (const [symbol, feed] of feeds) last.set(symbol, { feed, atMs: nowMs });
      for (const [symbol, { atMs }] of last) if (nowMs - atMs > holdMs) last.delete(symbol);
    },
    known: () => new Map([...last].map(([symbol, { feed }]) => [symbol, feed])),
  };
};
