import { compare, type Decimal, formatDecimal } from '@tickfolio/lib/money';
import { ceilOfQuotient } from '../rules/grid.js';
import type { OrderPlan, SymbolRules } from '../rules/order.js';
import type { Refusal } from '../rules/refusal.js';
import { broken } from './broken.js';

const whole: Decimal = { units: 1n, scale: 0 };
const finest: Decimal = { units: 1n, scale: 8 };

/** ICEBERG_PARTS: in how many parts an order is shown. */
export const checkIceberg = ({ quantity, icebergQuantity }: OrderPlan, rules: SymbolRules): Refusal | undefined => {
  if (!quantity || !icebergQuantity) return undefined;
  if (compare(icebergQuantity, quantity) > 0)
    return broken('iceberg-parts', 'icebergQuantity', 'is more than the whole', { bound: quantity, nearest: quantity });
  if (!rules.icebergParts) return undefined;
  const most: Decimal = { units: BigInt(rules.icebergParts), scale: 0 };
  const parts = ceilOfQuotient(quantity, icebergQuantity, whole);
  if (compare(parts, most) <= 0) return undefined;
  return broken(
    'iceberg-parts',
    'icebergQuantity',
    `would show the order in ${formatDecimal(parts)} parts; at most ${rules.icebergParts} are allowed`,
    { bound: most, nearest: ceilOfQuotient(quantity, most, rules.stepSize ?? finest) },
  );
};
