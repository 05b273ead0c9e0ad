import { compare, type Decimal, formatDecimal, isZero, multiply, zero } from '@tickfolio/lib/money';
import { ceilOfQuotient, floorOfQuotient } from '../rules/grid.js';
import type { Fraction, OrderPlan, Reference, SymbolRules } from '../rules/order.js';
import type { Refusal } from '../rules/refusal.js';
import { reservationOf } from '../rules/reservation.js';
import { broken } from './broken.js';

const one: Decimal = { units: 1n, scale: 0 };
/** As many digits before the point as amounts have that are kept. */
const tooMuch: Decimal = { units: 10n ** 20n, scale: 0 };
const finest: Decimal = { units: 1n, scale: 8 };

/** At which price an order counts: its limit, else the mean; undefined where that is not known. */
const priceOf = (plan: OrderPlan, reference: Reference | undefined): Fraction | undefined => {
  if (plan.price) return { numerator: plan.price, denominator: one };
  if (!reference) return undefined;
  return reference.meanPrice ?? { numerator: reference.lastPrice, denominator: one };
};

/** What is kept for an order, and what it may bring, has to have room where amounts are kept. */
const checkSize = (plan: OrderPlan, rules: SymbolRules, reference: Reference | undefined): Refusal | undefined => {
  const { quantity, quoteQuantity, price, stopPrice } = plan;
  const field = quoteQuantity ? 'quoteQuantity' : 'quantity';
  const { amount, brings } = reservationOf(plan, rules, reference);
  const dearest = price ?? stopPrice;
  const worth = quantity && dearest ? multiply(quantity, dearest) : zero;
  const most = [amount, brings, worth].reduce((a, b) => (compare(b, a) > 0 ? b : a));
  if (compare(most, tooMuch) < 0) return undefined;
  return broken(
    'notional',
    field,
    'is so much that amounts of more than 20 digits before the point would have to be kept',
  );
};

/** MIN_NOTIONAL and NOTIONAL: what an order is worth. */
export const checkNotional = (
  plan: OrderPlan,
  rules: SymbolRules,
  reference: Reference | undefined,
): Refusal | undefined => {
  const { quantity, quoteQuantity } = plan;
  const huge = checkSize(plan, rules, reference);
  if (huge) return huge;
  const checked = [
    ['min', rules.minNotional, rules.applyNotionalToMarket],
    ['max', rules.maxNotional, rules.applyMaxNotionalToMarket],
  ] as const;
  const price = priceOf(plan, reference);
  for (const [which, bound, ofMarket] of checked) {
    if (!bound || isZero(bound) || !(plan.price || ofMarket)) continue;
    const isBroken = (worth: Decimal, against: Decimal): boolean =>
      which === 'min' ? compare(worth, against) < 0 : compare(worth, against) > 0;
    const words = `makes an order worth ${which === 'min' ? 'less' : 'more'} than ${formatDecimal(bound)} ${rules.quoteAsset}`;
    if (quoteQuantity && isBroken(quoteQuantity, bound))
      return broken('notional', 'quoteQuantity', words, { bound, nearest: bound });
    if (!quantity || !price) continue;
    const limitOfWorth = multiply(bound, price.denominator);
    if (!isBroken(multiply(quantity, price.numerator), limitOfWorth)) continue;
    const quotient = which === 'min' ? ceilOfQuotient : floorOfQuotient;
    const nearest = quotient(limitOfWorth, price.numerator, rules.stepSize ?? finest);
    return broken('notional', 'quantity', words, { bound, nearest: isZero(nearest) ? undefined : nearest });
  }
  return undefined;
};
