import { compare, type Decimal, formatDecimal } from '@tickfolio/lib/money';
import type { OrderPlan, OrderType, Reference, Side } from './order.js';
import { isStop } from './read-plan.js';

/** Why an order may not be there at this moment: a stable word, and a sentence. */
export interface Judged {
  readonly reason: 'would-take' | 'would-trigger';
  readonly detail: string;
  readonly facts: Readonly<Record<string, string>>;
}

/** Whether prices that rise trigger a stop, and not those that fall. */
export const triggersUpwards = (side: Side, type: OrderType): boolean =>
  (side === 'BUY') === (type === 'STOP_LOSS' || type === 'STOP_LOSS_LIMIT');

/** Whether a price reaches a stop. */
const isTriggered = (side: Side, type: OrderType, stopPrice: Decimal, price: Decimal): boolean => {
  const difference = compare(price, stopPrice);
  return triggersUpwards(side, type) ? difference >= 0 : difference <= 0;
};

/** Whether the other side is at this price or a better one. */
const wouldTake = (side: Side, price: Decimal, { askPrint, bidPrint }: Reference): boolean =>
  side === 'BUY' ? compare(price, askPrint) >= 0 : compare(price, bidPrint) <= 0;

/** Whether it needs to be known what is traded: what it is compared with, or what it costs. */
export const needsReference = ({ type }: Pick<OrderPlan, 'type'>): boolean => type !== 'LIMIT';

/** What an order may not do at the moment at which it is accepted. */
export const judgeReference = (plan: OrderPlan, reference: Reference): Judged | undefined => {
  const { side, type, price, stopPrice } = plan;
  const exchangeCode = '-2010';
  if (type === 'LIMIT_MAKER' && price && wouldTake(side, price, reference)) {
    const best = formatDecimal(side === 'BUY' ? reference.askPrint : reference.bidPrint);
    return {
      reason: 'would-take',
      detail: `It would match at once: the other side is at ${best}. Nothing was placed.`,
      facts: { best, exchangeCode },
    };
  }
  if (isStop(type) && stopPrice && isTriggered(side, type, stopPrice, reference.lastPrice)) {
    const last = formatDecimal(reference.lastPrice);
    return {
      reason: 'would-trigger',
      detail: `It would trigger at once: the last price is ${last}. Nothing was placed.`,
      facts: { last, exchangeCode },
    };
  }
  return undefined;
};
