import { type Decimal, formatDecimal } from '@tickfolio/lib/money';

/** By what orders are filled. */
export interface MatchRules {
  /** Whether a trade at the price of a resting order fills it too; `always` is optimistic, for comparisons. */
  readonly touch: 'never' | 'always';
  /** How much of a trade a resting order gets, and one that takes; from 0 to 1. */
  readonly throughShare: Decimal;
  readonly takeShare: Decimal;
}

const all: Decimal = { units: 1n, scale: 0 };
export const usualMatchRules: MatchRules = { touch: 'never', throughShare: all, takeShare: all };

/** As a proof says them. */
export const matchRulesText = ({ touch, throughShare, takeShare }: MatchRules) => ({
  ...{ touch, throughShare: formatDecimal(throughShare), takeShare: formatDecimal(takeShare) },
});
