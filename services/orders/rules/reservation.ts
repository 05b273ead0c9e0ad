import { compare, type Decimal, isZero, multiply, zero } from '@tickfolio/lib/money';
import { ceilOfQuotient, ceilTo } from './grid.js';
import type { AssetAmount, OrderPlan, Reference, SymbolRules } from './order.js';

/** What is kept for an order, and the price beyond which it is never filled. */
interface Kept extends AssetAmount {
  readonly protection?: Decimal;
}
/** The same, with what it may bring of the other asset at most. */
export interface Reservation extends Kept {
  readonly brings: Decimal;
}

/** How far beyond the price at which it began a market order may be filled. */
const widest = { BUY: { units: 105n, scale: 2 }, SELL: { units: 95n, scale: 2 } } as const;
const finest: Decimal = { units: 1n, scale: 8 };

/** The bound of percent-price, rounded away from 0 to the finest tick; undefined where nothing binds. */
const percentBound = (plan: OrderPlan, rules: SymbolRules, reference: Reference | undefined): Decimal | undefined => {
  const factors = rules.percentPrice?.[plan.side];
  const factor = plan.side === 'BUY' ? factors?.up : factors?.down;
  if (!factor || !reference) return undefined;
  const mean = reference.meanPrice ?? { numerator: reference.lastPrice, denominator: { units: 1n, scale: 0 } };
  return ceilOfQuotient(multiply(mean.numerator, factor), mean.denominator, rules.tickSize ?? finest);
};

/**
 * Whose price has no limit: 5 % beyond where it begins, on the tick. At the market it may always be filled at what the
 * other side printed last, which it pays, and goes no further than the exchange lets prices go. Where a stop is reached
 * prices are others, and so is that bound.
 */
const protectionOf = (plan: OrderPlan, rules: SymbolRules, reference: Reference | undefined): Decimal | undefined => {
  const from = plan.stopPrice ?? reference?.lastPrice;
  if (!from) return undefined;
  const isBuy = plan.side === 'BUY';
  const isBeyond = (a: Decimal, b: Decimal): boolean => (isBuy ? compare(a, b) > 0 : compare(a, b) < 0);
  const tick = rules.tickSize ?? finest;
  const share = multiply(from, widest[plan.side]);
  if (plan.stopPrice) return ceilTo(share, tick);
  const print = isBuy ? reference?.askPrint : reference?.bidPrint;
  const wide = print && isBeyond(print, share) ? print : share;
  const bound = percentBound(plan, rules, reference);
  return ceilTo(bound && isBeyond(wide, bound) ? bound : wide, tick);
};

/** No price becomes so much better while an order is there, unless the exchange itself knows none so high. */
const times: Decimal = { units: 100n, scale: 0 };
const one: Decimal = { units: 1n, scale: 0 };
const higher = (a: Decimal, b: Decimal | undefined): Decimal => (b && compare(b, a) > 0 ? b : a);

/** What an order may bring at most: room is kept for it, so it is rather too much. 0 where no price is known. */
const broughtBy = (plan: OrderPlan, rules: SymbolRules, reference: Reference | undefined): Decimal => {
  const { side, quantity, quoteQuantity, price, stopPrice } = plan;
  if (side === 'BUY') {
    if (quantity) return quantity;
    const last = reference?.lastPrice;
    return last && quoteQuantity ? ceilOfQuotient(multiply(quoteQuantity, times), last, one) : zero;
  }
  if (quoteQuantity || !quantity) return quoteQuantity ?? zero;
  const known = [price, stopPrice, reference?.lastPrice].reduce<Decimal>(higher, zero);
  const best = multiply(known, times);
  const { maxPrice } = rules;
  const isBound = maxPrice !== undefined && !isZero(maxPrice) && compare(maxPrice, best) < 0;
  return ceilTo(multiply(quantity, isBound ? maxPrice : best), one);
};

/** @returns 0 where nobody knows a price that is needed; needsReference says of which that is */
const keptFor = (plan: OrderPlan, rules: SymbolRules, reference: Reference | undefined): Kept => {
  const { side, quantity = zero, quoteQuantity, price } = plan;
  if (side === 'SELL') {
    if (!quoteQuantity) return { asset: rules.baseAsset, amount: quantity };
    // Of base so much that it is enough at the lowest price at which it is sold.
    const protection = protectionOf(plan, rules, reference);
    if (!protection) return { asset: rules.baseAsset, amount: zero };
    const amount = ceilOfQuotient(quoteQuantity, protection, rules.stepSize ?? finest);
    return { asset: rules.baseAsset, amount, protection };
  }
  const asset = rules.quoteAsset;
  if (quoteQuantity) return { asset, amount: quoteQuantity };
  if (price) return { asset, amount: multiply(quantity, price) };
  const protection = protectionOf(plan, rules, reference);
  return protection ? { asset, amount: multiply(quantity, protection), protection } : { asset, amount: zero };
};

/** What has to be kept so that every fill can be paid; fees are taken from what is received. Exact. */
export const reservationOf = (plan: OrderPlan, rules: SymbolRules, reference: Reference | undefined): Reservation => ({
  ...keptFor(plan, rules, reference),
  brings: broughtBy(plan, rules, reference),
});
