import { add, type Decimal, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import type { Listing } from '../prices/listing.js';
import { asciiJson } from '../prices/text-frame.js';

/** One coin of a live portfolio. */
export interface Holding {
  readonly listing: Listing;
  readonly quantity: Decimal;
  readonly quantityText: string;
  /** The portfolio's version as the quantity was written last. */
  readonly version: number;
  /** The coin's part of a frame up to the price. */
  readonly prefix: string;
}

/** @param quantity canonical decimal text */
export const createHolding = (listing: Listing, quantity: string, version = 0): Holding => ({
  listing,
  quantity: parseDecimal(quantity),
  quantityText: quantity,
  version,
  prefix: `{"Symbol":${asciiJson(listing.symbol)},"Quantity":"${quantity}","Version":${version},`,
});

/** What a user's frames begin with. */
export const renderHead = (
  { userId, userName }: { readonly userId: string; readonly userName: string },
  version = 0,
): string => `{"UserID":${asciiJson(userId)},"UserName":${asciiJson(userName)},"Version":${version},"TotalValue":"`;

let timeMs = Number.NaN;
let timeText = '';
/** Many frames are built in one millisecond. */
const textOfTime = (ms: number): string => {
  if (ms !== timeMs) [timeMs, timeText] = [ms, new Date(ms).toISOString()];
  return timeText;
};

/**
 * The frame that clients get: JSON text in the contract's key order, ASCII only, every amount exact. Totals are
 * computed anew each time: kept ones, thousands of small objects that change every second, cost the garbage collector
 * more than the arithmetic.
 * @param head of `renderHead`
 * @param asOfMs time of the valuation, epoch milliseconds
 */
export const renderFrame = (head: string, holdings: readonly Holding[], asOfMs: number, simulated: boolean): string => {
  let sum = zero;
  let coins = '';
  let separator = '';
  for (const { listing, quantity, prefix } of holdings) {
    const { priceUsdt, beforeTotal, afterTotal } = listing;
    let total = '';
    if (priceUsdt) {
      const value = multiply(quantity, priceUsdt);
      sum = add(sum, value);
      total = formatDecimal(value);
    }
    coins += separator + prefix + beforeTotal + total + afterTotal;
    separator = ',';
  }
  return `${head}${formatDecimal(sum)}","Coins":[${coins}],"AsOf":"${textOfTime(asOfMs)}"${simulated ? ',"Simulated":true}' : '}'}`;
};
