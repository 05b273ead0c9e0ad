import type { BalancesAnswer } from '@tickfolio/api/portfolios';
import { add, formatDecimal, multiply, parseDecimal, zero } from '@tickfolio/lib/money';
import { marketOf } from './markets.js';
import type { LookUpPrices } from './moment-prices.js';

/** So much of an asset in a portfolio, in decimal text. */
export interface Balance {
  /** Upper case. */
  readonly asset: string;
  /** Empty for cash. */
  readonly via: string;
  readonly available: string;
  readonly reserved: string;
}

type Row = BalancesAnswer['balances'][number];
/** As an answer has it. */
interface Valued {
  readonly value: string;
  readonly balances: Row[];
  readonly lacks?: string[];
}

const one = parseDecimal('1');
const unpriced = { price: null, value: null, priceTime: null, stale: true };

/**
 * Balances with the newest prices, all amounts exact and in USDT.
 * @param lookUp undefined where no price may stand beside them: theirs are of the other kind
 */
export const valueBalances = async (
  balances: readonly Balance[],
  lookUp: LookUpPrices | undefined,
): Promise<Valued> => {
  const markets = balances.map(({ asset, via }) => marketOf(asset, via));
  const priceOf = await lookUp?.(markets.flatMap((market) => market ?? []));
  let sum = zero;
  const rows = balances.map(({ asset, via, available, reserved }, at): Row => {
    const total = add(parseDecimal(available), parseDecimal(reserved));
    const held = { asset, via, available, reserved, total: formatDecimal(total) };
    const market = markets[at];
    const price = market ? priceOf?.(market) : { usdt: one, timeText: null, stale: false };
    if (!price || !lookUp) return { ...held, ...unpriced };
    const value = multiply(total, price.usdt);
    sum = add(sum, value);
    const { timeText: priceTime, stale } = price;
    return { ...held, price: formatDecimal(price.usdt), value: formatDecimal(value), priceTime, stale };
  });
  const lacks = [...new Set(rows.filter(({ value }) => value === null).map(({ asset }) => asset))].sort();
  return { value: formatDecimal(sum), balances: rows, ...(lacks.length > 0 ? { lacks } : {}) };
};
