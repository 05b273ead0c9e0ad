import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { canonical, compare, type Decimal, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { UnansweredCommitError } from '@tickfolio/lib/postgres';
import { v7 as uuid7 } from 'uuid';
import type { FeeSchedule, SymbolRules } from '../rules/order.js';
import type { Saga } from '../saga/saga.js';
import { planOf } from '../store/order-plan.js';
import type { NewOrder, OrderStore, PlaceBounds } from '../store/order-store.js';
import type { OrderRow } from '../store/records.js';
import { createDecision, type StoredOrder } from './decision.js';
import { createJudging, type Judged, type JudgingDeps, type PlaceAsked } from './judging.js';
import { notPlaced, orderRefusal, otherOrder, rejectedOrder } from './refusals.js';
import { hashOfOrder, isSameOrder, readClientOrderId } from './request.js';

export interface PlacedOrder {
  readonly state: StoredOrder;
  /** Whether it was there before. */
  readonly isRepeat: boolean;
}

/** What Place would do. */
export interface TestedOrder {
  readonly reserve: { readonly asset: string; readonly quantity: string };
  readonly estimatedFee: { readonly asset: string; readonly quantity: string };
}

export interface PlacingDeps extends JudgingDeps {
  readonly store: OrderStore;
  readonly saga: Pick<Saga, 'drive' | 'onDecided'>;
  /** What is paid at a venue now. */
  readonly fees: () => Promise<FeeSchedule>;
  readonly clock: Clock;
}

export interface PlacingLimits extends PlaceBounds {
  /** How long the answer waits for the reservation's decision. */
  readonly decisionMs: number;
  readonly leaseMs: number;
}

const venue = 'binance';
const kinds = [false, true] as const;

const text = (amount: Decimal | undefined): string | null => (amount === undefined ? null : formatDecimal(amount));

export const createPlacing = (deps: PlacingDeps, limits: PlacingLimits) => {
  const { store, saga, portfolios, rules: orderRules, fees, clock } = deps;
  const { aboutOf, rulesFor, referenceFor, judge } = createJudging(deps);

  const decision = createDecision(deps, limits.decisionMs);

  const boundsOf = ({ maxOpenOrders = limits.maxOpenOfSymbol }: SymbolRules): PlaceBounds => ({
    ...limits,
    maxOpenOfSymbol: Math.min(limits.maxOpenOfSymbol, maxOpenOrders),
  });
  const rowOf = (asked: PlaceAsked, judged: Judged, clientOrderId: string, requestHash: Uint8Array): NewOrder => {
    const { portfolio, plan, rules, reference } = judged;
    const { asset, amount, brings, protection } = orderRules.reservationOf(plan, rules, reference);
    return {
      id: uuid7({ msecs: clock.now() }),
      portfolioId: portfolio.id,
      userId: asked.userId,
      clientOrderId,
      symbol: plan.symbol,
      baseAsset: rules.baseAsset,
      quoteAsset: rules.quoteAsset,
      side: plan.side,
      type: plan.type,
      timeInForce: plan.timeInForce ?? null,
      quantity: text(plan.quantity),
      quoteQuantity: text(plan.quoteQuantity),
      price: text(plan.price),
      stopPrice: text(plan.stopPrice),
      icebergQuantity: text(plan.icebergQuantity),
      protection: text(protection),
      stepSize: text(rules.stepSize),
      status: 'PENDING',
      working: false,
      filledQuantity: '0',
      filledQuote: '0',
      fees: [],
      feeAsset: portfolio.feeAsset ?? null,
      reservationAsset: asset,
      reservationAmount: formatDecimal(amount),
      brings: text(brings),
      acceptedAfterTrade: null,
      epoch: 0,
      acceptedAtMs: null,
      triggeredAfterTrade: null,
      endedAfterTrade: null,
      matching: null,
      gap: null,
      cancelAsked: false,
      reason: null,
      detail: null,
      facts: null,
      simulated: portfolio.simulated,
      mode: 'paper',
      venue,
      accountId: null,
      executionId: null,
      slice: null,
      attempt: null,
      requestHash,
    };
  };

  /**
   * What was placed under the name of an order, where that is the same one.
   * @throws AppError already_exists where it is another
   */
  const sameOrder = ({ userId, portfolioId: said, order }: PlaceAsked, stored: OrderRow): OrderRow => {
    const hashOf = (id: string) => hashOfOrder(id.toLowerCase(), { ...order, symbol: order.symbol.toLowerCase() });
    /** Where none was said it was the default one of the prices of then, whatever they are now. */
    const meant =
      said === undefined ? kinds.map((simulated) => defaultPortfolioId(userId, { kind: 'paper', simulated })) : [said];
    if (!meant.some((id) => isSameOrder(stored.requestHash, hashOf(id)))) throw otherOrder(stored.clientOrderId);
    return stored;
  };

  const place = async (asked: PlaceAsked): Promise<PlacedOrder> => {
    const { order } = asked;
    const name = asked.clientOrderId === undefined ? uuid7({ msecs: clock.now() }) : asked.clientOrderId;
    const clientOrderId = readClientOrderId(name);
    const repeated = async (stored: OrderRow): Promise<PlacedOrder> => ({
      state: await decision(sameOrder(asked, stored), 'anywhere'),
      isRepeat: true,
    });
    const notKnown = (thrown: unknown): never => {
      if (!(thrown instanceof UnansweredCommitError)) throw thrown;
      throw new AppError('deadline_exceeded', 'It is not known whether the order was placed.', { cause: thrown });
    };
    const judging = async () => {
      const about = aboutOf(asked);
      return { about, judged: await judge(asked, about) };
    };
    const known = async (thrown: unknown): Promise<OrderRow> => {
      // What was placed under a name is so, whatever is said of it now. Most were not, so this is looked for last.
      const before = asked.clientOrderId === undefined ? undefined : await store.find(asked.userId, clientOrderId);
      if (!before) throw thrown;
      return before.order;
    };
    const found = await judging().catch(known);
    if ('requestHash' in found) return repeated(found);
    const { about, judged } = found;
    const requestHash = hashOfOrder(about.portfolioId, { ...order, symbol: order.symbol.toLowerCase() });
    const row = rowOf(asked, judged, clientOrderId, requestHash);
    const placed = await store.place(row, boundsOf(judged.rules), limits.leaseMs, asked.requestId).catch(notKnown);
    if (placed.kind === 'refused') throw notPlaced(placed.why);
    if (placed.kind === 'known') return repeated(placed.order);
    void saga.drive({ id: placed.order.id, step: 'reserving', attempts: 1, waitedMs: 0 }, placed.order);
    return { state: await decision(placed.order, 'here'), isRepeat: false };
  };
  /** Of one that was placed before nothing more would be kept. */
  const testRepeat = async (order: OrderRow): Promise<TestedOrder> => {
    if (order.status === 'REJECTED') throw rejectedOrder(order);
    const plan = planOf(order);
    const fee = orderRules.estimatedFee(plan, rulesFor(plan.symbol), await referenceFor(plan), await fees());
    return {
      reserve: { asset: order.reservationAsset, quantity: canonical(order.reservationAmount) },
      estimatedFee: { asset: fee.asset, quantity: formatDecimal(fee.amount) },
    };
  };
  const test = async (asked: PlaceAsked): Promise<TestedOrder> => {
    const { clientOrderId } = asked;
    const name = clientOrderId === undefined ? undefined : readClientOrderId(clientOrderId);
    const before = name === undefined ? undefined : await store.find(asked.userId, name);
    if (before) return testRepeat(sameOrder(asked, before.order));
    const about = aboutOf(asked);
    const { portfolio, plan, rules, reference } = await judge(asked, about);
    const of = { userId: asked.userId, portfolioId: portfolio.id, symbol: plan.symbol };
    const why = await store.refuses(of, boundsOf(rules));
    if (why) throw notPlaced(why);
    const kept = orderRules.reservationOf(plan, rules, reference);
    const available = await portfolios.available(about, kept.asset);
    const needed = formatDecimal(kept.amount);
    if (compare(parseDecimal(available), kept.amount) < 0)
      throw orderRefusal(
        'failed_precondition',
        'quantity',
        'insufficient-balance',
        `${available} ${kept.asset} is available and ${needed} is needed.`,
        { facts: { asset: kept.asset, available, needed } },
      );
    const fee = orderRules.estimatedFee(plan, rules, reference, await fees());
    return {
      reserve: { asset: kept.asset, quantity: needed },
      estimatedFee: { asset: fee.asset, quantity: formatDecimal(fee.amount) },
    };
  };
  return { place, test };
};

export type Placing = ReturnType<typeof createPlacing>;
