import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { AppError } from '@tickfolio/lib/errors';
import { type Decimal, isZero, parseDecimal } from '@tickfolio/lib/money';
import type { SymbolRules } from '../rules/order.js';

/** A bound of the exchange; undefined where it is 0, is not said or cannot be read, and so does not bind. */
const boundOf = (text: string | undefined): Decimal | undefined => {
  if (text === undefined || text === '') return undefined;
  try {
    const bound = parseDecimal(text);
    return isZero(bound) ? undefined : bound;
  } catch (err) {
    if (err instanceof AppError) return undefined;
    throw err;
  }
};

type Bounds = { readonly [Name in string]: Decimal | undefined };
/** Without those that do not bind. */
const binding = <Given extends Bounds>(bounds: Given): { readonly [Name in keyof Given]?: Decimal } =>
  Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined)) as {
    readonly [Name in keyof Given]?: Decimal;
  };

/** What the exchange asks of orders of a symbol that it lists. */
export const rulesOfSymbol = (listed: ListedSymbol): SymbolRules => ({
  symbol: listed.symbol,
  baseAsset: listed.baseAsset,
  quoteAsset: listed.quoteAsset,
  status: listed.status,
  paused: listed.paused,
  ...binding({ tickSize: boundOf(listed.tickSize), stepSize: boundOf(listed.stepSize) }),
  applyNotionalToMarket: false,
  averagePriceMinutes: 0,
});
