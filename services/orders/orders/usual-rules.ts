import { AppError } from '@tickfolio/lib/errors';
import { compare, formatDecimal, multiply, parseDecimal, quantityBounds, zero } from '@tickfolio/lib/money';
import type { OrderPlan, OrderType, Side } from '../rules/order.js';
import type { AskedOrder, OrderRules } from './order-rules.js';

const amount = (text: string | undefined) => (text === undefined ? undefined : parseDecimal(text, quantityBounds));
const said = <Value>(name: string, value: Value | undefined) => (value === undefined ? {} : { [name]: value });

/** What holds of orders as this installation keeps them. */
export const usualRules: OrderRules = {
  readPlan: (asked: AskedOrder): OrderPlan => {
    if (asked.type !== 'MARKET' && asked.price === undefined && asked.stopPrice === undefined)
      throw new AppError('invalid_argument', 'The price is missing.', {
        fields: [{ field: 'price', message: 'must be said', reason: 'missing' }],
      });
    return {
      symbol: asked.symbol,
      side: asked.side as Side,
      type: asked.type as OrderType,
      ...(asked.price === undefined ? {} : { timeInForce: 'GTC' as const }),
      ...said('quantity', amount(asked.quantity)),
      ...said('quoteQuantity', amount(asked.quoteQuantity)),
      ...said('price', amount(asked.price)),
      ...said('stopPrice', amount(asked.stopPrice)),
    };
  },
  checkFilters: (plan) => {
    if (plan.price && compare(plan.price, parseDecimal('1000000')) > 0)
      throw new AppError('unprocessable', 'The price is above 1000000.', {
        fields: [{ field: 'price', message: 'is above 1000000', reason: 'price-filter' }],
      });
  },
  reservationOf: (plan, rules, reference) => {
    const price = plan.price ?? reference?.lastPrice ?? zero;
    const quantity = plan.quantity ?? zero;
    if (plan.side === 'SELL') return { asset: rules.baseAsset, amount: quantity };
    return { asset: rules.quoteAsset, amount: plan.quoteQuantity ?? multiply(quantity, price) };
  },
  needsReference: ({ type }) => type !== 'LIMIT',
  judge: ({ type, side, price }, { askPrint, bidPrint }) => {
    if (type !== 'LIMIT_MAKER' || !price) return undefined;
    const takes = side === 'BUY' ? compare(price, askPrint) >= 0 : compare(price, bidPrint) <= 0;
    return takes ? { reason: 'would-take', detail: 'It would match at once; nothing was placed.' } : undefined;
  },
  estimatedFee: (plan, rules, reference, { taker }) => ({
    asset: plan.side === 'BUY' ? rules.baseAsset : rules.quoteAsset,
    amount: multiply(
      plan.quantity ?? zero,
      plan.side === 'BUY' ? taker : multiply(taker, reference?.lastPrice ?? zero),
    ),
  }),
  roundedDown: (available) => formatDecimal(parseDecimal(available)),
};
