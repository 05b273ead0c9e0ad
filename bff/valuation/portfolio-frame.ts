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

/** What of a portfolio is no coin: so much USDT, or of other money that a market turns into USDT. */
export interface Cash {
  readonly asset: string;
  /** Undefined for USDT itself. */
  readonly listing: Listing | undefined;
  readonly quantity: Decimal;
  readonly quantityText: string;
  readonly version: number;
  /** Its part of a frame up to the price. */
  readonly prefix: string;
}

/** @param quantity canonical decimal text */
export const createCash = (asset: string, listing: Listing | undefined, quantity: string, version: number): Cash => ({
  asset,
  listing,
  quantity: parseDecimal(quantity),
  quantityText: quantity,
  version,
  prefix: `{"Asset":${asciiJson(asset)},"Quantity":"${quantity}","Version":${version},`,
});

/** Of which portfolio frames are, where that is not the default one. */
export interface FrameOf {
  /** Or `all`. */
  readonly portfolioId: string;
  readonly baseCurrency: string;
}

/** What a user's frames begin with. */
export const renderHead = (
  { userId, userName }: { readonly userId: string; readonly userName: string },
  version = 0,
  of?: FrameOf,
): string => {
  const about = of ? `"PortfolioID":${asciiJson(of.portfolioId)},"BaseCurrency":${asciiJson(of.baseCurrency)},` : '';
  return `{"UserID":${asciiJson(userId)},"UserName":${asciiJson(userName)},${about}"Version":${version},"TotalValue":"`;
};

let timeMs = Number.NaN;
let timeText = '';
/** Many frames are built in one millisecond. */
const textOfTime = (ms: number): string => {
  if (ms !== timeMs) [timeMs, timeText] = [ms, new Date(ms).toISOString()];
  return timeText;
};

const priceOfUsdt = {
  beforeTotal: '"Price":"1","Total":"',
  afterTotal: '","PriceTime":null,"Stale":false,"PriceReceived":null}',
};

/** `"Cash":[…],"NetWorth":"…",`: the cash, and what all of it comes to. @param coins what these come to */
const renderCash = (cash: readonly Cash[], coins: Decimal): string => {
  let sum = coins;
  const rows = cash.map(({ listing, quantity, prefix }) => {
    const { beforeTotal, afterTotal } = listing ?? priceOfUsdt;
    const value = listing ? listing.priceUsdt && multiply(quantity, listing.priceUsdt) : quantity;
    if (value) sum = add(sum, value);
    return `${prefix}${beforeTotal}${value ? formatDecimal(value) : ''}${afterTotal}`;
  });
  return `"Cash":[${rows.join(',')}],"NetWorth":"${formatDecimal(sum)}",`;
};

/**
 * The frame that clients get: JSON text in the contract's key order, ASCII only, every amount exact. Totals are
 * computed anew each time: kept ones, thousands of small objects that change every second, cost the garbage collector
 * more than the arithmetic.
 * @param head of `renderHead`
 * @param asOfMs time of the valuation, epoch milliseconds
 * @param cash undefined where the frame says nothing of cash
 */
export const renderFrame = (
  head: string,
  holdings: readonly Holding[],
  asOfMs: number,
  simulated: boolean,
  cash?: readonly Cash[],
): string => {
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
  const money = cash ? renderCash(cash, sum) : '';
  return `${head}${formatDecimal(sum)}","Coins":[${coins}],${money}"AsOf":"${textOfTime(asOfMs)}"${simulated ? ',"Simulated":true}' : '}'}`;
};
