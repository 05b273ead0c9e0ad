import type { OrderPlan, Reference, SymbolRules } from '../rules/order.js';
import type { Refusal } from '../rules/refusal.js';
import { checkIceberg } from './iceberg.js';
import { checkNotional } from './notional.js';
import { checkPercentPrice, checkPrice } from './price.js';
import { checkQuantity } from './quantity.js';
import { checkStanding, type Standing } from './standing.js';
import { checkSymbol } from './symbol.js';

/**
 * What an order breaks first of what the exchange asks of it, in the exchange's order.
 * @param standing what the portfolio has already; absent: not looked at
 */
export const checkFilters = (
  plan: OrderPlan,
  rules: SymbolRules,
  reference: Reference | undefined,
  standing?: Standing,
): Refusal | undefined =>
  checkSymbol(plan, rules) ??
  checkPrice(plan, rules) ??
  checkPercentPrice(plan, rules, reference) ??
  checkQuantity(plan, rules) ??
  checkNotional(plan, rules, reference) ??
  checkIceberg(plan, rules) ??
  (standing && checkStanding(plan, rules, standing));
