import type { PublishedSecond, PublishedThrough } from '@tickfolio/lib/price-bus';
import type { SecondTrades } from './second-trades.js';

/**
 * More seconds behind one that waits for its repair are not remembered for a successor: that one is then taken as it
 * is.
 */
const maxLater = 120;

/** What of one symbol's seconds is published, for whoever goes on one day. */
export interface PublishedRecord {
  /**
   * @param final nothing will change it any more
   * @param oldestWaiting the first second that is known and not published at all: a successor goes on before it
   */
  add(second: SecondTrades, revision: number, final: boolean, oldestWaiting?: number): void;
  /** Undefined while nothing is published for good. */
  through(): PublishedThrough | undefined;
}

/** @param goOnFrom where somebody else ended */
export const createPublishedRecord = (symbol: string, goOnFrom?: PublishedThrough): PublishedRecord => {
  let last = goOnFrom?.last;
  const later: PublishedSecond[] = [...(goOnFrom?.later ?? [])];
  return {
    add: ({ second, lastId, lastTimeMs }, revision, final, oldestWaiting = Number.POSITIVE_INFINITY) => {
      // Taken as it was when it fell out of `later`: going back to it would have a successor publish all behind it
      // again.
      if (last && second <= last.second) return;
      let at = later.length;
      while (at > 0 && (later[at - 1] as PublishedSecond).second >= second) at--;
      const isKnown = later[at]?.second === second;
      later.splice(at, isKnown ? 1 : 0, { second, tradeId: lastId, tradeTimeMs: lastTimeMs, revision, final });
      for (let [next] = later; next; [next] = later) {
        if (!(next.final && next.second < oldestWaiting) && later.length <= maxLater) return;
        last = later.shift();
      }
    },
    through: () => last && { symbol, last, later: [...later] },
  };
};
