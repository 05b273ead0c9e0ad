import type { Decimal } from '@tickfolio/lib/money';
import type { AssetAmount, FeeSchedule, OrderPlan, Reference, SymbolRules } from '../rules/order.js';
import type { Judge } from '../saga/decisions.js';

/** An order as somebody asks for it. */
export interface AskedOrder {
  readonly symbol: string;
  readonly side: string;
  readonly type: string;
  readonly timeInForce?: string | undefined;
  readonly quantity?: string | undefined;
  readonly quoteQuantity?: string | undefined;
  readonly price?: string | undefined;
  readonly stopPrice?: string | undefined;
  readonly icebergQuantity?: string | undefined;
}

/** What holds of orders whoever keeps them: pure, and the same in the audit. */
export interface OrderRules {
  /** @throws AppError invalid_argument */
  readPlan(asked: AskedOrder): OrderPlan;
  /**
   * @param standing what the portfolio has of the symbol already; absent: not looked at
   * @throws AppError unprocessable, naming the rule, its bound and the nearest that is allowed
   */
  checkFilters(
    plan: OrderPlan,
    rules: SymbolRules,
    reference: Reference | undefined,
    standing?: { readonly position: Decimal },
  ): void;
  /** What is kept for it and what it may bring, and beyond which price it is never filled. */
  reservationOf(
    plan: OrderPlan,
    rules: SymbolRules,
    reference: Reference | undefined,
  ): AssetAmount & { readonly brings: Decimal; readonly protection?: Decimal };
  /** Whether it needs to be known what is traded. */
  needsReference(plan: OrderPlan): boolean;
  readonly judge: Judge;
  /** What is paid for all of it, taking. */
  estimatedFee(plan: OrderPlan, rules: SymbolRules, reference: Reference | undefined, fees: FeeSchedule): AssetAmount;
  /** The most that may be sold of what is available. */
  roundedDown(available: string, rules: SymbolRules): string;
}
