import type { Decimal } from '@tickfolio/lib/money';
import type { TapeTrade } from '../rules/order.js';

/** Quantity of an order that a trade filled. */
export interface FillStep {
  readonly kind: 'fill';
  readonly orderId: string;
  /** The trade that did it. */
  readonly trade: TapeTrade;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly maker: boolean;
  /** What other orders of the portfolio had of the trade before. */
  readonly takenBefore: Decimal;
  /** Nothing is left to fill. */
  readonly isLast: boolean;
}

/** A stop that was reached: from the next trade on it acts. */
export interface TriggeredStep {
  readonly kind: 'triggered';
  readonly orderId: string;
  readonly tradeId: number;
}

export type EndReason = 'no-liquidity' | 'time-in-force' | 'protection' | 'below-step';

/** What is left of an order expires. */
export interface EndedStep {
  readonly kind: 'ended';
  readonly orderId: string;
  readonly reason: EndReason;
  /** The last trade that counted. */
  readonly afterTrade: number;
}

export type MatchStep = FillStep | TriggeredStep | EndedStep;
