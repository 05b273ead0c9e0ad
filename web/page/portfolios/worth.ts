import { type Decimal, zero } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';
import type { Balances } from './use-balances.js';

/** An amount that the server may not know. */
export const known = (text: string | null | undefined): Decimal | undefined =>
  text === null || text === undefined ? undefined : exact(text);

/** What a portfolio is worth, in USDT; undefined where nothing in it has a price. */
export const worthOf = ({ balances, value }: Balances): Decimal | undefined => {
  if (balances.length === 0) return zero;
  return balances.every((one) => known(one.value) === undefined) ? undefined : known(value);
};
