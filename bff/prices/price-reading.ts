import type { Decimal } from '@tickfolio/lib/money';
import { isLaterPrice, type LastPrice } from '@tickfolio/lib/price-bus';
import type { PriceAge } from './price-age.js';

/** A trade price as it arrives; texts are decimal, `symbol` is lower case. */
export interface PriceReading extends LastPrice {
  /** Start of the second and its revision, where the reading comes from one. */
  readonly second?: number;
  readonly revision?: number;
  /** It was read where it is kept, and did not just arrive: it is as old as its trade. */
  readonly kept?: boolean;
}

/** What is kept of a reading. */
export interface KnownReading extends Pick<LastPrice, 'timeMs' | 'tradeId'> {
  readonly simulated: boolean | undefined;
  readonly second: number | undefined;
  readonly revision: number | undefined;
  readonly value: Decimal;
  readonly text: string;
  readonly timeText: string;
  /** When it arrived, monotonic; undefined for what was read. */
  readonly arrivedMs: number | undefined;
  age: PriceAge;
}

/** Whether it takes the place of the one that is known: of two of one trade the later revision of its second does. */
export const isLater = (next: PriceReading, known: KnownReading): boolean => {
  if (next.tradeId !== known.tradeId) return isLaterPrice(next, known);
  return next.second !== undefined && next.second === known.second && (next.revision ?? 0) > (known.revision ?? 0);
};
