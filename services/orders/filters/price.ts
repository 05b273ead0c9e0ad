import { compare, type Decimal, divide, formatDecimal, multiply } from '@tickfolio/lib/money';
import { brokenBound, ceilOfQuotient, floorOfQuotient, nearestWithin } from '../rules/grid.js';
import type { OrderPlan, Reference, SymbolRules } from '../rules/order.js';
import type { Refusal } from '../rules/refusal.js';
import { broken } from './broken.js';

const words = { min: 'is below', max: 'is above', step: 'is no multiple of' } as const;

/** PRICE_FILTER: of the limit and of the stop. */
export const checkPrice = (plan: OrderPlan, rules: SymbolRules): Refusal | undefined => {
  const bounds = { min: rules.minPrice, max: rules.maxPrice, step: rules.tickSize };
  for (const field of ['price', 'stopPrice'] as const) {
    const price = plan[field];
    const fault = price && brokenBound(price, bounds);
    const bound = fault && bounds[fault];
    if (bound)
      return broken('price-filter', field, `${words[fault]} ${formatDecimal(bound)}`, {
        bound,
        nearest: nearestWithin(price, bounds),
      });
  }
  return undefined;
};

const one: Decimal = { units: 1n, scale: 0 };
/** For people; what is compared is exact. */
const shownDecimals = 8;

/** PERCENT_PRICE_BY_SIDE: not further from the mean price than some factors; from the last price where no mean is known. */
export const checkPercentPrice = (
  plan: OrderPlan,
  rules: SymbolRules,
  reference: Reference | undefined,
): Refusal | undefined => {
  const { side, price } = plan;
  const factors = rules.percentPrice?.[side];
  if (!price || !factors || !reference) return undefined;
  const { numerator, denominator } = reference.meanPrice ?? { numerator: reference.lastPrice, denominator: one };
  const scaled = multiply(price, denominator);
  for (const way of ['up', 'down'] as const) {
    const factor = factors[way];
    if (!factor || factor.units === 0n) continue;
    const limit = multiply(numerator, factor);
    const difference = compare(scaled, limit);
    if (way === 'up' ? difference <= 0 : difference >= 0) continue;
    const tick = rules.tickSize ?? { units: 1n, scale: shownDecimals };
    const nearest = (way === 'up' ? floorOfQuotient : ceilOfQuotient)(limit, denominator, tick);
    const bound = divide(limit, denominator, shownDecimals);
    const mean = formatDecimal(divide(numerator, denominator, shownDecimals));
    return broken(
      'percent-price',
      'price',
      `is ${way === 'up' ? 'above' : 'below'} ${formatDecimal(factor)} of the mean price ${mean}`,
      { bound, nearest: nearest.units > 0n ? nearest : undefined },
    );
  }
  return undefined;
};
