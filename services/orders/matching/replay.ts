import { type Decimal, zero } from '@tickfolio/lib/money';
import type { MatchedOrder, Reference, TapeTrade } from '../rules/order.js';
import { match } from './match.js';
import { type MatchRules, usualMatchRules } from './match-rules.js';
import { referenceAfter } from './prints.js';
import { afterMatch } from './progress.js';
import type { FillStep } from './steps.js';
import { unitsOf } from './units.js';

/** An order of before, with where it ended: of which nothing is taken but what was asked and when it counted. */
export interface ReplayedOrder {
  readonly order: MatchedOrder;
  /** Absent of one that is open. */
  readonly endedAfterTrade?: number | undefined;
}

export interface ReplayInput {
  /** One, or all of a portfolio and symbol that were open together. */
  readonly orders: readonly ReplayedOrder[];
  /**
   * In the order of their numbers, from some before the first was accepted, so that both sides have printed; where the
   * tape itself began later, from its first.
   */
  readonly trades: readonly TapeTrade[];
  readonly watermarkMs: number;
  readonly rules?: MatchRules;
  /** Of trades by their number, what orders that are not given here had of them. */
  readonly takenByOthers?: ReadonlyMap<number, Decimal>;
}

/** As it was when it was accepted. */
const fresh = ({ memory: _, triggeredAfterTrade: __, ...order }: MatchedOrder): MatchedOrder => ({
  ...order,
  working: order.plan.stopPrice === undefined,
  filledQuantity: zero,
  filledQuote: zero,
});

/** Fills orders again from public trades alone, for who does not believe what is stored. */
export const replay = ({
  orders,
  trades,
  watermarkMs,
  rules = usualMatchRules,
  takenByOthers,
}: ReplayInput): readonly FillStep[] => {
  const taken = takenByOthers && new Map([...takenByOthers].map(([id, amount]) => [id, unitsOf(amount)]));
  const cuts = [...new Set(orders.flatMap(({ endedAfterTrade }) => endedAfterTrade ?? []))].sort((a, b) => a - b);
  const ends = new Map(orders.map(({ order, endedAfterTrade }) => [order.id, endedAfterTrade]));
  const fills: FillStep[] = [];
  let open: readonly MatchedOrder[] = orders.map(({ order }) => fresh(order));
  const first = referenceAfter(undefined, trades.slice(0, 1), 0);
  if (!first) return [];
  // What it printed is known, and it counts.
  let reference: Reference = { ...first, lastTradeId: first.lastTradeId - 1 };
  let at = 0;
  for (const until of [...cuts, Number.POSITIVE_INFINITY]) {
    let to = at;
    while (to < trades.length && (trades[to] as TapeTrade).id <= until) to++;
    const part = trades.slice(at, to);
    at = to;
    const isEnd = until === Number.POSITIVE_INFINITY;
    const upToMs: number = isEnd ? watermarkMs : reference.watermarkMs;
    const matched = match({
      ...{ orders: open, trades: part, before: reference, watermarkMs: upToMs, rules, takenByOthers: taken },
    });
    fills.push(...matched.steps.filter((step) => step.kind === 'fill'));
    open = afterMatch(open, matched).filter(({ id }) => (ends.get(id) ?? Number.POSITIVE_INFINITY) > until);
    reference = referenceAfter(reference, part, upToMs) ?? reference;
  }
  return fills;
};
