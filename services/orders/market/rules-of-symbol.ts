import type { Symbol as ListedSymbol } from '@tickfolio/gen/market/v1';
import { AppError } from '@tickfolio/lib/errors';
import { type Decimal, isZero, parseDecimal } from '@tickfolio/lib/money';
import type { SymbolRules } from '../rules/order.js';

/** A factor of the mean price, by the side of the order. */
interface Factors {
  readonly buy?: string | undefined;
  readonly sell?: string | undefined;
}
/** What the exchange asks of orders besides, in its own decimal text; 0 where it does not bind. */
interface Filters {
  readonly minPrice?: string | undefined;
  readonly maxPrice?: string | undefined;
  readonly minQuantity?: string | undefined;
  readonly maxQuantity?: string | undefined;
  readonly marketMinQuantity?: string | undefined;
  readonly marketMaxQuantity?: string | undefined;
  readonly marketStepSize?: string | undefined;
  readonly minNotional?: string | undefined;
  readonly maxNotional?: string | undefined;
  readonly maxPosition?: string | undefined;
  readonly applyNotionalToMarket?: boolean | undefined;
  readonly applyMaxNotionalToMarket?: boolean | undefined;
  readonly averagePriceMinutes?: number | undefined;
  readonly percentPriceUp?: Factors | undefined;
  readonly percentPriceDown?: Factors | undefined;
  readonly orderTypes?: readonly string[];
  readonly icebergParts?: number | undefined;
  readonly maxOpenOrders?: number | undefined;
}

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

/** Without those that do not bind. */
const binding = <Name extends string>(
  bounds: { readonly [name in Name]: string | undefined },
): {
  readonly [name in Name]?: Decimal;
} => {
  const read = Object.entries<string | undefined>(bounds).map(([name, text]) => [name, boundOf(text)] as const);
  return Object.fromEntries(read.filter(([, bound]) => bound !== undefined)) as { readonly [name in Name]?: Decimal };
};

const percentOf = ({ percentPriceUp: up, percentPriceDown: down }: Filters): Pick<SymbolRules, 'percentPrice'> =>
  up || down
    ? {
        percentPrice: {
          BUY: binding({ up: up?.buy, down: down?.buy }),
          SELL: binding({ up: up?.sell, down: down?.sell }),
        },
      }
    : {};
/** 0 does not bind. */
const count = (name: 'icebergParts' | 'maxOpenOrders', of: number | undefined) => (of ? { [name]: of } : {});

/** What the exchange asks of orders of a symbol that it lists. */
export const rulesOfSymbol = (listed: ListedSymbol & Filters): SymbolRules => ({
  symbol: listed.symbol,
  baseAsset: listed.baseAsset,
  quoteAsset: listed.quoteAsset,
  status: listed.status,
  paused: listed.paused,
  ...(listed.orderTypes && listed.orderTypes.length > 0 ? { orderTypes: listed.orderTypes } : {}),
  ...binding({
    tickSize: listed.tickSize,
    minPrice: listed.minPrice,
    maxPrice: listed.maxPrice,
    stepSize: listed.stepSize,
    minQuantity: listed.minQuantity,
    maxQuantity: listed.maxQuantity,
    marketStepSize: listed.marketStepSize,
    marketMinQuantity: listed.marketMinQuantity,
    marketMaxQuantity: listed.marketMaxQuantity,
    minNotional: listed.minNotional,
    maxNotional: listed.maxNotional,
    maxPosition: listed.maxPosition,
  }),
  ...percentOf(listed),
  applyNotionalToMarket: listed.applyNotionalToMarket ?? false,
  applyMaxNotionalToMarket: listed.applyMaxNotionalToMarket ?? false,
  averagePriceMinutes: listed.averagePriceMinutes ?? 0,
  ...count('icebergParts', listed.icebergParts),
  ...count('maxOpenOrders', listed.maxOpenOrders),
});
