import { formatDecimal } from '@tickfolio/lib/money';
import type { LastPrice } from '@tickfolio/lib/price-bus';
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
  /** Time of the newest trade, which was not told yet; undefined when there is nothing to tell. */
  readonly untoldMs: number | undefined;
  /** The newest trade. */
  traded(trade: Trade): void;
  /** A second went out with the price of this trade. */
  published(tradeId: number): void;
  /** Tells the newest price, unless another one was told just now. @param isForced tells it all the same @returns whether it did */
  tell(localMs: number, isForced?: boolean): boolean;
  /** The ids begin anew: what was told says nothing of those to come. */
  renumbered(): void;
}

export const createPriceTeller = ({ symbol, tell, spacingMs }: PriceTellerDeps): PriceTeller => {
  let newest: Trade | undefined;
  /** Newest trade whose price was told or published. */
  let toldId = -1;
  let notBeforeMs = 0;
  const last = (): LastPrice | undefined =>
    newest && { symbol, price: formatDecimal(newest.price), timeMs: newest.timeMs, tradeId: newest.id };
  return {
    get last() {
      return last();
    },
    get untoldMs() {
      return newest && newest.id > toldId ? newest.timeMs : undefined;
    },
    traded: (trade) => {
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
    },
  };
};
