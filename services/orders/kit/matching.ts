import { formatDecimal, parseDecimal, zero } from '@tickfolio/lib/money';
import type { MatchStep } from '../matching/steps.js';
import type { MatchedOrder, OrderPlan, SymbolRules, TapeTrade } from '../rules/order.js';
import { readPlan } from '../rules/read-plan.js';

/** An amount as a test writes it. */
export const d = parseDecimal;

/** An order of BTC for USDT as it is asked for. */
export const planned = (said: Partial<Record<keyof OrderPlan, string>>): OrderPlan => {
  const read = readPlan({ symbol: 'btcusdt', side: 'BUY', type: 'LIMIT', ...said });
  if ('refusal' in read) throw new Error(`${read.refusal.field} ${read.refusal.message}`);
  return read.plan;
};

/** An order that was accepted after trade 0 of the second 0; the older, the fewer orders were made before. */
export const accepted = (
  id: string,
  said: Partial<Record<keyof OrderPlan, string>>,
  more: Partial<MatchedOrder> = {},
): MatchedOrder => {
  const plan = planned(said);
  return {
    ...{ id, plan, age: Number(id.replace(/\D/g, '')) || 0, acceptedAfterTrade: 0, acceptedAtMs: 0 },
    ...{ working: plan.stopPrice === undefined, filledQuantity: zero, filledQuote: zero, stepSize: d('0.001') },
    ...more,
  };
};

/** A trade: its number, price, quantity, who took, and when. */
export const traded = (
  id: number,
  price: string,
  quantity: string,
  taker: 'buyer' | 'seller',
  timeMs = id * 100,
): TapeTrade => ({ id, price: d(price), quantity: d(quantity), timeMs, buyerIsMaker: taker === 'seller' });

/** A step in a line. */
export const said = (step: MatchStep): string => {
  switch (step.kind) {
    case 'fill': {
      const { orderId, trade, price, quantity, maker, takenBefore, isLast } = step;
      const before = takenBefore.units === 0n ? '' : ` after ${formatDecimal(takenBefore)}`;
      const amounts = `${formatDecimal(quantity)} at ${formatDecimal(price)}`;
      return `${orderId} ${maker ? 'makes' : 'takes'} ${amounts} by ${trade.id}${before}${isLast ? ', all' : ''}`;
    }
    case 'triggered':
      return `${step.orderId} triggered by ${step.tradeId}`;
    case 'ended':
      return `${step.orderId} ended after ${step.afterTrade}: ${step.reason}`;
  }
};

export const btcusdt: SymbolRules = {
  ...{ symbol: 'btcusdt', baseAsset: 'BTC', quoteAsset: 'USDT', status: 'TRADING', paused: false },
  ...{ tickSize: d('0.01'), minPrice: d('0.01'), maxPrice: d('1000000') },
  ...{ stepSize: d('0.00001'), minQuantity: d('0.00001'), maxQuantity: d('9000') },
  ...{ marketMinQuantity: zero, marketStepSize: zero, marketMaxQuantity: d('100') },
  ...{ minNotional: d('5'), maxNotional: d('9000000'), applyNotionalToMarket: true },
  ...{ applyMaxNotionalToMarket: true, averagePriceMinutes: 5 },
  ...{ icebergParts: 10, maxOpenOrders: 200, maxPosition: d('50') },
  percentPrice: { BUY: { up: d('5'), down: d('0.2') }, SELL: { up: d('5'), down: d('0.2') } },
};
