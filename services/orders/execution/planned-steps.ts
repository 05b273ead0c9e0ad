import { formatDecimal } from '@tickfolio/lib/money';
import { discountPriceOf, feeOf } from '../fees/fees.js';
import { type Matched, match } from '../matching/match.js';
import type { FillStep } from '../matching/steps.js';
import type { FeeSchedules, KeptFees } from '../orders/fee-schedules.js';
import type { MatchedOrder, Reference, TapeTrade } from '../rules/order.js';
import { breakOff } from '../saga/decisions.js';
import { expire, fill, remember, trigger } from '../saga/fills.js';
import { matchedOrder, referenceOf } from '../store/order-plan.js';
import type { Advance, Advanced, OrderStep, OrderStore, Tape } from '../store/order-store.js';
import { type OrderRow, type Position, positionFor, type TapeState } from '../store/records.js';

export type KnownTape = TapeState & { readonly position: Position };

/**
 * What trades come to, of the orders of all portfolios.
 * @param known how far the tape was looked at, for some portfolios further than for others
 */
export const matchAll = (
  rows: readonly OrderRow[],
  known: KnownTape,
  trades: readonly TapeTrade[],
  watermarkMs: number,
): Matched => {
  const steps: Matched['steps'][number][] = [];
  const memories: Matched['memories'][number][] = [];
  const portfolios = new Map<string, MatchedOrder[]>();
  for (const row of rows) {
    const order = matchedOrder(row);
    if (!order) continue;
    const ofOne = portfolios.get(row.portfolioId) ?? [];
    ofOne.push(order);
    portfolios.set(row.portfolioId, ofOne);
  }
  for (const [portfolioId, orders] of portfolios) {
    const before = referenceOf(positionFor(known, portfolioId) ?? known.position);
    const matched = match({ orders, trades, before, watermarkMs });
    steps.push(...matched.steps);
    memories.push(...matched.memories);
  }
  return { steps, memories };
};

/** What one transaction may hold of it. */
export interface MatchedPart {
  readonly matched: Matched;
  /** Up to which portfolio it goes; absent where it is all of it. */
  readonly throughPortfolio?: string;
}

/**
 * The first part of what trades came to, by portfolios in the order of their ids: these share a trade, so what it does
 * to one of them is in one transaction.
 * @param maxSteps of a part; more where a single portfolio has more
 */
export const firstPart = (rows: readonly OrderRow[], matched: Matched, maxSteps: number): MatchedPart => {
  if (matched.steps.length + matched.memories.length <= maxSteps) return { matched };
  const portfolioOf = new Map(rows.map(({ id, portfolioId }) => [id, portfolioId]));
  const counts = new Map<string, number>();
  for (const { orderId } of [...matched.steps, ...matched.memories]) {
    const portfolioId = portfolioOf.get(orderId) ?? '';
    counts.set(portfolioId, (counts.get(portfolioId) ?? 0) + 1);
  }
  const all = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  let [through, sum] = ['', 0];
  for (const [portfolioId, count] of all) {
    if (sum > 0 && sum + count > maxSteps) break;
    [through, sum] = [portfolioId, sum + count];
  }
  if (through === all.at(-1)?.[0]) return { matched };
  const isIn = ({ orderId }: { readonly orderId: string }) => (portfolioOf.get(orderId) ?? '') <= through;
  const part = { steps: matched.steps.filter(isIn), memories: matched.memories.filter(isIn) };
  return { matched: part, throughPortfolio: through };
};

export interface StepsDeps {
  readonly fees: Pick<FeeSchedules, 'at'>;
  readonly venue: string;
  /** The last price of an asset in another, where it is known. */
  readonly priceOf: (asset: string, quoteAsset: string) => Reference['lastPrice'] | undefined;
}

/** What was paid when: one schedule for all, unless it changed between the first of them and the last. */
const feesOf = async ({ fees, venue }: StepsDeps, fills: readonly FillStep[]) => {
  const times = fills.map(({ trade }) => trade.timeMs);
  if (times.length === 0) return async (): Promise<KeptFees> => Promise.reject(new Error('nothing was filled'));
  const [first, last] = await Promise.all([fees.at(venue, Math.min(...times)), fees.at(venue, Math.max(...times))]);
  return async (timeMs: number): Promise<KeptFees> => (first.id === last.id ? first : fees.at(venue, timeMs));
};

/** The same as it is written. */
export const plannedSteps = async (
  deps: StepsDeps,
  rows: readonly OrderRow[],
  { steps, memories }: Matched,
): Promise<readonly OrderStep[]> => {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const feesAt = await feesOf(
    deps,
    steps.filter((step) => step.kind === 'fill'),
  );
  const filledBy = async (step: FillStep, row: OrderRow) => {
    const { trade, price, quantity, maker, takenBefore, isLast } = step;
    const schedule = await feesAt(trade.timeMs);
    const { side, baseAsset, quoteAsset, feeAsset } = row;
    const of = { side, price, quantity, maker, baseAsset, quoteAsset };
    const discount = feeAsset === null ? {} : { feeAsset, price: deps.priceOf(feeAsset, quoteAsset) };
    const choices = feeOf(of, schedule, discount);
    const discountPrice = choices.length > 1 ? discountPriceOf(of, discount) : undefined;
    return fill({
      tradeId: trade.id,
      price: formatDecimal(price),
      quantity: formatDecimal(quantity),
      maker,
      tradedAtMs: trade.timeMs,
      trade: {
        price: formatDecimal(trade.price),
        quantity: formatDecimal(trade.quantity),
        takenBefore: formatDecimal(takenBefore),
        buyerIsMaker: trade.buyerIsMaker,
      },
      feeChoices: choices.map(({ asset, amount }) => ({ asset, amount: formatDecimal(amount) })),
      feeScheduleId: schedule.id,
      ...(discountPrice === undefined ? {} : { discountPrice: formatDecimal(discountPrice) }),
      isLast,
    });
  };
  const planned: OrderStep[] = [];
  for (const step of steps) {
    const { orderId } = step;
    const row = byId.get(orderId);
    if (!row) continue;
    if (step.kind === 'triggered') planned.push({ orderId, decide: trigger(step.tradeId) });
    else if (step.kind === 'ended') planned.push({ orderId, decide: expire(step.reason, step.afterTrade) });
    else planned.push({ orderId, decide: await filledBy(step, row) });
  }
  for (const { orderId, memory } of memories) planned.push({ orderId, decide: remember(memory) });
  return planned;
};

export interface AdvanceDeps {
  readonly store: Pick<OrderStore, 'advance'>;
  readonly tape: Tape;
  /** What was to be written of an order could not be; somebody has to look at it. */
  readonly stuck: (orderId: string, words: string) => void;
}

/** Moves a tape on. An order of which something cannot be written ends there, and keeps up no other. */
export const advanceApart = async ({ store, tape, stuck }: AdvanceDeps, by: Advance): Promise<Advanced> => {
  const done = await store.advance(tape, { ...by, otherwise: breakOff });
  if (done.kind === 'done') for (const { orderId, words } of done.broken ?? []) stuck(orderId, words);
  return done;
};
