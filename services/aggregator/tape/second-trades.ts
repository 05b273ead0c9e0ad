import { add, compare, type Decimal, formatDecimal, multiply } from '@tickfolio/lib/money';
import type { SecondStat } from '@tickfolio/lib/price-bus';
import type { Trade } from './trade.js';

/** What is summed up of a trade. */
type Summand = Pick<Trade, 'id' | 'price' | 'quantity' | 'timeMs'>;

/** The trades of one second, summed up. The order in which they are added does not matter. */
export interface SecondTrades {
  /** Start, epoch milliseconds. */
  readonly second: number;
  firstId: number;
  lastId: number;
  lastTimeMs: number;
  open: Decimal;
  high: Decimal;
  low: Decimal;
  close: Decimal;
  volume: Decimal;
  quoteVolume: Decimal;
  trades: number;
}

export const secondMs = 1_000;

/** The start of the second a time lies in, epoch milliseconds. */
export const secondOf = (timeMs: number): number => timeMs - (timeMs % secondMs);

const isAbove = (a: Decimal, b: Decimal): boolean => (a.scale === b.scale ? a.units > b.units : compare(a, b) > 0);

export const startSecond = ({ id, price, quantity, timeMs }: Summand): SecondTrades => ({
  second: secondOf(timeMs),
  firstId: id,
  lastId: id,
  lastTimeMs: timeMs,
  open: price,
  high: price,
  low: price,
  close: price,
  volume: quantity,
  quoteVolume: multiply(price, quantity),
  trades: 1,
});

/** Adds a trade of this second that was not added before. */
export const addTrade = (sum: SecondTrades, { id, price, quantity, timeMs }: Summand): void => {
  if (id > sum.lastId) {
    sum.lastId = id;
    sum.lastTimeMs = timeMs;
    sum.close = price;
  } else if (id < sum.firstId) {
    sum.firstId = id;
    sum.open = price;
  }
  if (isAbove(price, sum.high)) sum.high = price;
  else if (isAbove(sum.low, price)) sum.low = price;
  sum.volume = add(sum.volume, quantity);
  sum.quoteVolume = add(sum.quoteVolume, multiply(price, quantity));
  sum.trades += 1;
};

export const toSecondStat = (symbol: string, sum: SecondTrades, complete: boolean, revision: number): SecondStat => ({
  symbol,
  second: sum.second,
  open: formatDecimal(sum.open),
  high: formatDecimal(sum.high),
  low: formatDecimal(sum.low),
  close: formatDecimal(sum.close),
  volume: formatDecimal(sum.volume),
  quoteVolume: formatDecimal(sum.quoteVolume),
  trades: sum.trades,
  firstTradeId: sum.firstId,
  lastTradeId: sum.lastId,
  lastTradeTime: sum.lastTimeMs,
  complete,
  revision,
});
