import type { PublishedSecond, PublishedThrough } from '@tickfolio/lib/price-bus';
import type { SecondTrades } from './second-trades.js';

/** More seconds behind one that waits for its repair are not remembered for a successor: that one is then taken as it is. */
const maxLater = 120;

/** What of one symbol's seconds is published, for whoever goes on one day. */
export interface PublishedRecord {
  /** @param final nothing will change it any more */
  add(second: SecondTrades, revision: number, final: boolean): void;
  /** Undefined while nothing is published for good. */
  through(): PublishedThrough | undefined;
}

/** @param goOnFrom where somebody else ended */
export const createPublishedRecord = (symbol: string, goOnFrom?: PublishedThrough): PublishedRecord => {
  let last = goOnFrom?.last;
  const later: PublishedSecond[] = [...(goOnFrom?.later ?? [])];
  return {
    add: ({ second, lastId, lastTimeMs }, revision, final) => {
      let at = later.length;
      while (at > 0 && (later[at - 1] as PublishedSecond).second >= second) at--;
      const isKnown = later[at]?.second === second;
      later.splice(at, isKnown ? 1 : 0, { second, tradeId: lastId, tradeTimeMs: lastTimeMs, revision, final });
      while (later[0]?.final || later.length > maxLater) last = later.shift();
    },
    through: () => last && { symbol, last, later: [...later] },
  };
};
