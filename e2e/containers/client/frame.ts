import type { Frame as WholeFrame } from '@tickfolio/api/frame';
import { Decimal } from 'decimal.js';

// Checked with a decimal library that the services do not use.
const Exact = Decimal.clone({ precision: 120, toExpNeg: -200, toExpPos: 200 });

type Coin = Pick<WholeFrame['Coins'][number], 'Symbol' | 'Quantity' | 'Price' | 'Total' | 'PriceTime'>;
/** What of a frame is looked at. */
export interface Frame extends Pick<WholeFrame, 'TotalValue'> {
  readonly Coins: readonly Coin[];
}

/**
 * What is wrong with the sums of a frame whose coins are all quoted in USDT, or undefined when every digit is right.
 */
export const faultOf = ({ Coins, TotalValue }: Frame): string | undefined => {
  let sum = new Exact(0);
  for (const { Symbol: symbol, Quantity, Price, Total } of Coins) {
    if (Price === null) {
      if (Total !== null) return `${symbol} has a total without a price`;
      continue;
    }
    const right = new Exact(Quantity).times(Price);
    if (Total !== right.toFixed()) return `${symbol}: ${Quantity} x ${Price} is ${right.toFixed()}, not ${Total}`;
    sum = sum.plus(right);
  }
  return TotalValue === sum.toFixed() ? undefined : `the sum is ${sum.toFixed()}, not ${TotalValue}`;
};

/** The time of the oldest price in it, epoch milliseconds; undefined while a coin has no price. */
export const pricedSince = ({ Coins }: Frame): number | undefined => {
  const times = Coins.map(({ PriceTime }) => (PriceTime === null ? Number.NaN : Date.parse(PriceTime)));
  const oldest = Math.min(...times);
  return Number.isFinite(oldest) ? oldest : undefined;
};
