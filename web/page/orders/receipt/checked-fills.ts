import type { FillsAnswer, ProofAnswer } from '@tickfolio/api/order-parts';
import { add, compare, type Decimal, multiply, subtract, zero } from '@tickfolio/lib/money';
import { exact } from '../../text/exact.js';
import type { Order } from '../order-calls.js';

export type Fill = FillsAnswer['fills'][number];
type ProvenFill = ProofAnswer['fills'][number];

/** A fill, with the public trade behind it as far as that is told. */
export interface CheckedFill {
  readonly fill: Fill;
  readonly trade: ProvenFill | undefined;
  /** Whether it adds up: price × quantity, and no more of the trade than there was. */
  readonly isRight: boolean;
}

interface CheckedFills {
  readonly fills: readonly CheckedFill[];
  /** Together, as it is computed here. */
  readonly quantity: Decimal;
  readonly quote: Decimal;
  /** Whether the order says the same. */
  readonly isEqual: boolean;
}

const isSame = (text: string, value: Decimal): boolean => compare(exact(text), value) === 0;

/** Whether the trade could fill it so: with what was left of it, and at its price or a worse one, never a better one. */
const isOfTrade = (fill: Fill, trade: ProvenFill, side: Order['side']): boolean => {
  const left = subtract(exact(trade.tradeQuantity), exact(trade.takenBefore));
  const difference = compare(exact(fill.price), exact(trade.tradePrice));
  return (
    compare(exact(fill.quantity), left) <= 0 &&
    isSame(fill.quantity, exact(trade.quantity)) &&
    isSame(fill.price, exact(trade.price)) &&
    (side === 'BUY' ? difference >= 0 : difference <= 0)
  );
};

/** Adds up again what filled an order, and holds it against the trades behind it. @throws AppError for what is no decimal */
export const checkedFills = (
  order: Pick<Order, 'side' | 'filledQuantity' | 'filledQuote'>,
  fills: readonly Fill[],
  proof: Pick<ProofAnswer, 'fills'> | undefined,
): CheckedFills => {
  const trades = new Map(proof?.fills.map((trade) => [trade.tradeId, trade]));
  const checked = fills.map((fill): CheckedFill => {
    const trade = fill.tradeId === null ? undefined : trades.get(fill.tradeId);
    const adds = isSame(fill.quote, multiply(exact(fill.price), exact(fill.quantity)));
    return { fill, trade, isRight: adds && (!trade || isOfTrade(fill, trade, order.side)) };
  });
  const quantity = fills.reduce((sum, fill) => add(sum, exact(fill.quantity)), zero);
  const quote = fills.reduce((sum, fill) => add(sum, exact(fill.quote)), zero);
  const isTold = isSame(order.filledQuantity, quantity) && isSame(order.filledQuote, quote);
  return { fills: checked, quantity, quote, isEqual: isTold && checked.every(({ isRight }) => isRight) };
};
