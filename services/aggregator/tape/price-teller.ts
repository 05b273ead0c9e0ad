import { formatDecimal } from '@tickfolio/lib/money';
import type { LastPrice } from '@tickfolio/lib/price-bus';
import { secondMs, secondOf } from './second-trades.js';
import type { Trade } from './trade.js';

export interface PriceTellerDeps {
  readonly symbol: string;
  /** Told of a last price that no SecondStat carries yet. */
  readonly tell: (last: LastPrice) => void;
  /** Last prices ahead of their seconds are at least so far apart. Milliseconds. */
  readonly spacingMs: number;
}

/** The last price of a symbol, and whether anybody was told of it. */
export interface PriceTeller {
  readonly last: LastPrice | undefined;
  /** The newest trade. */
  readonly newest: Trade | undefined;
  /** Id of its trade; -1 before the first. */
  readonly lastId: number;
  /** True while the newest trade was not told yet. */
  readonly untold: boolean;
  /**
   * Whether a second that ended by this moment did so with a price that nobody was told. It is the end of a second that
   * counts, not where the newest trade is: of a busy symbol that is always in the second that runs.
   * @param overMs epoch milliseconds
   */
  isDue(overMs: number): boolean;
  /** The newest trade. */
  traded(trade: Trade): void;
  /** A second went out with the price of this trade. */
  published(tradeId: number): void;
  /**
   * Tells the newest price, unless another one was told just now. @param isForced tells it all the same @returns
   * whether it did
   */
  tell(localMs: number, isForced?: boolean): boolean;
  /** The ids begin anew: what was told says nothing of those to come. */
  renumbered(): void;
}

export const createPriceTeller = ({ symbol, tell, spacingMs }: PriceTellerDeps): PriceTeller => {
  let newest: Trade | undefined;
  /** When the second of the newest trade is over, epoch milliseconds. */
  let endMs = 0;
  /** The last trade before that second, and when its own was over. */
  let before: Trade | undefined;
  let beforeEndMs = 0;
  /** Newest trade whose price was told or published. */
  let toldId = -1;
  let notBeforeMs = 0;
  const last = (): LastPrice | undefined =>
    newest && { symbol, price: formatDecimal(newest.price), timeMs: newest.timeMs, tradeId: newest.id };
  const isUntold = (trade: Trade | undefined): trade is Trade => trade !== undefined && trade.id > toldId;
  return {
    get last() {
      return last();
    },
    get newest() {
      return newest;
    },
    get lastId() {
      return newest?.id ?? -1;
    },
    get untold() {
      return isUntold(newest);
    },
    isDue: (overMs) => (endMs <= overMs && isUntold(newest)) || (beforeEndMs <= overMs && isUntold(before)),
    traded: (trade) => {
      const { timeMs } = trade;
      if (timeMs >= endMs || timeMs < endMs - secondMs) {
        if (newest && trade.id > newest.id && timeMs >= endMs) {
          before = newest;
          beforeEndMs = endMs;
        }
        endMs = secondOf(timeMs) + secondMs;
      }
      newest = trade;
    },
    published: (tradeId) => {
      toldId = Math.max(toldId, tradeId);
    },
    tell: (localMs, isForced = false) => {
      const price = last();
      if (!price || (localMs < notBeforeMs && !isForced)) return false;
      toldId = price.tradeId;
      notBeforeMs = localMs + spacingMs;
      tell(price);
      return true;
    },
    renumbered: () => {
      toldId = -1;
      before = undefined;
    },
  };
};
