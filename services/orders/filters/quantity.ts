import { formatDecimal } from '@tickfolio/lib/money';
import { type Bounds, brokenBound, nearestWithin } from '../rules/grid.js';
import type { OrderPlan, SymbolRules } from '../rules/order.js';
import { hasLimit } from '../rules/read-plan.js';
import type { Refusal } from '../rules/refusal.js';
import { broken } from './broken.js';

const words = { min: 'is below', max: 'is above', step: 'is no multiple of' } as const;

const lotOf = (rules: SymbolRules): Bounds => ({
  ...{ min: rules.minQuantity, max: rules.maxQuantity, step: rules.stepSize },
});
const marketLotOf = (rules: SymbolRules): Bounds => ({
  ...{ min: rules.marketMinQuantity, max: rules.marketMaxQuantity, step: rules.marketStepSize },
});

const check = (
  reason: string,
  field: 'quantity' | 'icebergQuantity',
  plan: OrderPlan,
  bounds: Bounds,
): Refusal | undefined => {
  const quantity = plan[field];
  const fault = quantity && brokenBound(quantity, bounds);
  const bound = fault && bounds[fault];
  if (!bound) return undefined;
  const nearest = nearestWithin(quantity, bounds);
  return broken(reason, field, `${words[fault]} ${formatDecimal(bound)}`, { bound, nearest });
};

/** LOT_SIZE, and MARKET_LOT_SIZE of what has no limit: the exchange holds such orders to both. */
export const checkQuantity = (plan: OrderPlan, rules: SymbolRules): Refusal | undefined =>
  check('lot-size', 'quantity', plan, lotOf(rules)) ??
  check('lot-size', 'icebergQuantity', plan, lotOf(rules)) ??
  (hasLimit(plan.type) ? undefined : check('market-lot-size', 'quantity', plan, marketLotOf(rules)));
