import { compare, type Decimal, formatDecimal, isZero, subtract } from '@tickfolio/lib/money';
import { floorTo } from '../rules/grid.js';
import type { OrderPlan, SymbolRules } from '../rules/order.js';
import type { Refusal } from '../rules/refusal.js';
import { broken } from './broken.js';

/** What a portfolio has of a symbol already. */
export interface Standing {
  readonly openOrders?: number;
  /** Of the base asset: free, kept, and in open buys. */
  readonly position?: Decimal | undefined;
}

const checkCount = ({ maxOpenOrders }: SymbolRules, { openOrders = 0 }: Standing): Refusal | undefined => {
  if (!maxOpenOrders || openOrders < maxOpenOrders) return undefined;
  return {
    ...{ reason: 'too-many-orders', field: 'symbol', exchangeCode: -1015, bound: String(maxOpenOrders) },
    message: `has ${openOrders} open orders; at most ${maxOpenOrders} are allowed`,
  };
};

/** Sales make it smaller, and how much is bought for an amount of quote nobody knows yet. */
const checkPosition = (plan: OrderPlan, rules: SymbolRules, { position }: Standing): Refusal | undefined => {
  const { side, quantity } = plan;
  const { maxPosition, stepSize } = rules;
  if (side === 'SELL' || !quantity || !position || !maxPosition || isZero(maxPosition)) return undefined;
  const room = subtract(maxPosition, position);
  if (compare(quantity, room) <= 0) return undefined;
  const isFull = room.units <= 0n;
  const most = isFull || !stepSize ? room : floorTo(room, stepSize);
  return broken(
    'max-position',
    'quantity',
    `would make the position larger than ${formatDecimal(maxPosition)} ${rules.baseAsset}`,
    { bound: maxPosition, nearest: isFull || isZero(most) ? undefined : most },
  );
};

export const checkStanding = (plan: OrderPlan, rules: SymbolRules, standing: Standing): Refusal | undefined =>
  checkCount(rules, standing) ?? checkPosition(plan, rules, standing);
