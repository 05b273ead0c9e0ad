import { Decimal } from 'decimal.js';
import type { PortfolioFrame } from './client.js';

const Exact = Decimal.clone({ precision: 120, toExpNeg: -200, toExpPos: 200 });

/**
 * What is wrong with the sums of a frame whose coins are all quoted in USDT, or undefined when every digit is right.
 */
export const wrongTotals = (frame: PortfolioFrame): string | undefined => {
  let sum = new Exact(0);
  for (const coin of frame.Coins) {
    if (coin.Price === null) {
      if (coin.Total !== null) return `${coin.Symbol} has a total without a price`;
      continue;
    }
    const expected = new Exact(coin.Quantity).times(coin.Price);
    if (coin.Total !== expected.toFixed())
      return `${coin.Symbol}: ${coin.Quantity} x ${coin.Price} is ${expected.toFixed()}, not ${coin.Total}`;
    sum = sum.plus(expected);
  }
  return frame.TotalValue === sum.toFixed() ? undefined : `the sum is ${sum.toFixed()}, not ${frame.TotalValue}`;
};
