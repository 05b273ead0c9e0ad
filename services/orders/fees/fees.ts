import { type Decimal, divide, isZero, multiply, zero } from '@tickfolio/lib/money';
import type { AssetAmount, FeeSchedule, OrderPlan, Reference, Side, SymbolRules } from '../rules/order.js';

/** What was filled, as far as its fee depends on it. */
export interface FeeOf {
  readonly side: Side;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly maker: boolean;
  readonly baseAsset: string;
  readonly quoteAsset: string;
}

/** What fees are paid in instead, where the portfolio wants that. */
export interface Discount {
  /** As the portfolio has it. */
  readonly feeAsset?: string | undefined;
  /** The last price of that asset in the quote asset, where there is one. */
  readonly price?: Decimal | undefined;
}

const feeDecimals = 8;
const one: Decimal = { units: 1n, scale: 0 };
const rounded = (amount: Decimal): Decimal => divide(amount, one, feeDecimals);

/** The price of the asset of discounts in the quote asset, as it counts for a fill. */
export const discountPriceOf = ({ quoteAsset }: Pick<FeeOf, 'quoteAsset'>, { feeAsset, price }: Discount) =>
  feeAsset === quoteAsset ? one : price;

/**
 * What a fill costs, as alternatives in order of preference: what the portfolio wants to pay in, then the asset that is
 * received, which can always be paid. Once a fill, half up to 8 decimals; none where it comes to nothing.
 */
export const feeOf = (fill: FeeOf, schedule: FeeSchedule, discount: Discount = {}): readonly AssetAmount[] => {
  const { side, price, quantity, maker, baseAsset, quoteAsset } = fill;
  const rate = maker ? schedule.maker : schedule.taker;
  const quote = multiply(quantity, price);
  const received = side === 'BUY' ? { asset: baseAsset, amount: quantity } : { asset: quoteAsset, amount: quote };
  const amount = rounded(multiply(received.amount, rate));
  if (isZero(amount)) return [];
  const full = { asset: received.asset, amount };
  const { discountAsset, discount: factor } = schedule;
  const inQuote = discountPriceOf(fill, discount);
  const isWanted = discountAsset !== undefined && discount.feeAsset === discountAsset;
  if (!isWanted || !factor || !inQuote || isZero(inQuote) || discountAsset === received.asset) return [full];
  const less = divide(multiply(multiply(quote, rate), factor), inQuote, feeDecimals);
  return isZero(less) ? [full] : [{ asset: discountAsset, amount: less }, full];
};

/** What is paid for all of an order at most, taking, in what is received. */
export const estimatedFee = (
  plan: OrderPlan,
  rules: Pick<SymbolRules, 'baseAsset' | 'quoteAsset'>,
  reference: Reference | undefined,
  { maker, taker }: FeeSchedule,
): AssetAmount => {
  const { side, type, quantity, quoteQuantity } = plan;
  const rate = type === 'LIMIT_MAKER' ? maker : taker;
  const price = plan.price ?? plan.stopPrice ?? reference?.lastPrice ?? zero;
  if (side === 'SELL')
    return {
      asset: rules.quoteAsset,
      amount: rounded(multiply(rate, quoteQuantity ?? multiply(quantity ?? zero, price))),
    };
  const asset = rules.baseAsset;
  if (quantity) return { asset, amount: rounded(multiply(rate, quantity)) };
  if (!quoteQuantity || isZero(price)) return { asset, amount: zero };
  return { asset, amount: divide(multiply(rate, quoteQuantity), price, feeDecimals) };
};
