import type { Decimal } from '@tickfolio/lib/money';
import { decimalsOf } from '../rules/grid.js';
import type { OrderPlan, SymbolRules } from '../rules/order.js';
import type { Refusal } from '../rules/refusal.js';
import { broken } from './broken.js';

/** Of a price times a quantity, as it is kept; more are refused, not rounded. */
const maxDecimals = 18;
const decimals = (step: Decimal | undefined, amount: Decimal | undefined): number =>
  step && step.units !== 0n ? decimalsOf(step) : amount ? decimalsOf(amount) : 0;

/** Whether the symbol takes orders, and of this type. */
export const checkSymbol = (plan: OrderPlan, rules: SymbolRules): Refusal | undefined => {
  const { type, price, stopPrice, quantity } = plan;
  if (rules.status !== 'TRADING')
    return broken('symbol-not-trading', 'symbol', `is not traded now: its status is ${rules.status}`);
  if (rules.orderTypes && !rules.orderTypes.includes(type))
    return {
      ...{ reason: 'order-type', field: 'type', exchangeCode: -1116 },
      message: `is not taken for this symbol; it takes ${rules.orderTypes.join(', ')}`,
    };
  if (decimals(rules.tickSize, price ?? stopPrice) + decimals(rules.stepSize, quantity) > maxDecimals)
    return broken('too-fine', 'symbol', `has prices and quantities of more than ${maxDecimals} decimals together`);
  return undefined;
};
