import type { MatchedOrder, Reference, TapeTrade } from '../rules/order.js';
import { type ActingOrder, actingOrder, endsMs, memoryOf } from './acting-order.js';
import { type MatchRules, usualMatchRules } from './match-rules.js';
import { storedMemory } from './memory.js';
import { sharedOut } from './sharing.js';
import type { EndReason, MatchStep } from './steps.js';
import { unitsOf } from './units.js';
import { createWatch } from './watch.js';

export interface MatchInput {
  /** Accepted and open, of one portfolio and symbol. */
  readonly orders: readonly MatchedOrder[];
  /** All that came after what is known, in the order of their numbers; those of before are passed over. */
  readonly trades: readonly TapeTrade[];
  /** What is known before the first of them. */
  readonly before: Pick<Reference, 'askPrint' | 'bidPrint' | 'lastTradeId'>;
  /** Every trade before this exchange time is among them, or was before. */
  readonly watermarkMs: number;
  readonly rules?: MatchRules;
  /** Of trades by their number, what orders that are not given here had of them. */
  readonly takenByOthers?: ReadonlyMap<number, bigint> | undefined;
}

export interface Matched {
  readonly steps: readonly MatchStep[];
  /** What is to be remembered of orders that are still open, where it is another than before. */
  readonly memories: readonly { readonly orderId: string; readonly memory: unknown }[];
}

/**
 * What trades do to the orders of one portfolio: a pure function without clock, chance or floating point. Going on from
 * stored orders comes to the same as never having stopped, wherever that was.
 */
export const match = ({
  orders,
  trades,
  before,
  watermarkMs,
  rules = usualMatchRules,
  takenByOthers,
}: MatchInput): Matched => {
  const steps: MatchStep[] = [];
  const all = orders.map(actingOrder).filter((order) => order !== undefined);
  /** Those of which no trade has counted yet, the next one last. */
  const coming = [...all].sort((a, b) => b.afterTrade - a.afterTrade);
  let acting: ActingOrder[] = [];
  let ask = unitsOf(before.askPrint);
  let bid = unitsOf(before.bidPrint);
  let lastId = before.lastTradeId;

  const end = (order: ActingOrder, reason: EndReason, afterTrade: number) => {
    order.isOver = true;
    steps.push({ kind: 'ended', orderId: order.id, reason, afterTrade });
  };
  /** Windows that were over before a time, one after the other as they ended. */
  const endBefore = (timeMs: number) => {
    const over = acting.filter((order) => !order.isOver && !order.isWaiting && endsMs(order) < timeMs);
    for (const order of over.sort((a, b) => endsMs(a) - endsMs(b) || a.age - b.age))
      end(order, order.limit === undefined ? 'no-liquidity' : 'time-in-force', Math.max(lastId, order.afterTrade));
  };
  /** Whether an order takes or rests is decided by what was known when it began to act. */
  const decideRoles = () => {
    for (const order of acting)
      if (!order.isWaiting && order.role === undefined && order.limit !== undefined) {
        order.role = order.limit >= (order.sign > 0n ? ask : -bid) ? 'taker' : 'maker';
        order.isChanged = true;
      }
  };
  const trigger = (trade: TapeTrade, price: bigint) => {
    for (const order of acting) {
      if (!order.isWaiting || order.stop === undefined) continue;
      if (order.triggersUp ? price < order.stop : price > order.stop) continue;
      order.isWaiting = false;
      order.afterTrade = trade.id;
      order.fromMs = trade.timeMs;
      order.isChanged = true;
      steps.push({ kind: 'triggered', orderId: order.id, tradeId: trade.id });
    }
  };

  const watch = createWatch(rules);
  /** Lets orders act of which trades from here on count. */
  const begin = (tradeId: number) => {
    const from = acting.length;
    while ((coming.at(-1)?.afterTrade ?? tradeId) < tradeId) acting.push(coming.pop() as ActingOrder);
    if (acting.length === from) return;
    acting.sort((a, b) => a.age - b.age);
    watch.look(acting);
  };
  for (const trade of trades) {
    // Told again.
    if (trade.id <= lastId) continue;
    begin(trade.id);
    const price = unitsOf(trade.price);
    const concerns = watch.concerns(price);
    if (concerns) {
      endBefore(trade.timeMs);
      decideRoles();
    }
    if (trade.buyerIsMaker) bid = price;
    else ask = price;
    if (concerns) {
      acting = acting.filter(({ isOver }) => !isOver);
      sharedOut({ acting, trade, price, ask, bid, rules, taken: takenByOthers?.get(trade.id) ?? 0n, steps, end });
      trigger(trade, price);
      acting = acting.filter(({ isOver }) => !isOver);
      watch.look(acting);
    }
    lastId = trade.id;
  }
  begin(Number.POSITIVE_INFINITY);
  endBefore(watermarkMs);

  const byId = new Map(orders.map((order) => [order.id, order]));
  const memories = all.flatMap((order) => {
    const from = byId.get(order.id);
    if (!from || order.isOver || !order.isChanged) return [];
    return [{ orderId: order.id, memory: storedMemory(memoryOf(order, from)) }];
  });
  return { steps, memories };
};
