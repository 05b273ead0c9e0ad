import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { compare, type Decimal, formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import { UnansweredCommitError } from '@tickfolio/lib/postgres';
import { v7 as uuid7 } from 'uuid';
import type { SymbolRulesSource } from '../market/symbol-rules-source.js';
import type { TapeReference } from '../market/tape-reference.js';
import type { KnownPortfolio, Portfolios } from '../portfolio/portfolios.js';
import type { FeeSchedule, OrderPlan, Reference, SymbolRules } from '../rules/order.js';
import type { Saga } from '../saga/saga.js';
import type { NewOrder, OrderStore, PlaceBounds } from '../store/order-store.js';
import type { OrderRow } from '../store/records.js';
import { createDecision, type StoredOrder } from './decision.js';
import type { AskedOrder, OrderRules } from './order-rules.js';
import { notPlaced, orderRefusal, otherOrder } from './refusals.js';
import { hashOfOrder, isSameOrder, readClientOrderId } from './request.js';

export interface PlaceAsked {
  readonly userId: string;
  /** Absent: the default one of paper money. */
  readonly portfolioId?: string | undefined;
  /** Absent: it gets a name. */
  readonly clientOrderId?: string | undefined;
  readonly order: AskedOrder;
  /** Whether prices are made up, as the caller knows it. */
  readonly simulated?: boolean | undefined;
  /** Empty for none. */
  readonly requestId: string;
}

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

export interface PlacingDeps {
  readonly store: OrderStore;
  readonly saga: Pick<Saga, 'drive' | 'onDecided'>;
  readonly portfolios: Portfolios;
  readonly rules: OrderRules;
  readonly symbols: SymbolRulesSource;
  readonly tape: TapeReference;
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

/** All that is known of an order before it is stored. */
interface Judged {
  readonly portfolio: KnownPortfolio;
  readonly plan: OrderPlan;
  readonly rules: SymbolRules;
  readonly reference: Reference | undefined;
}

const text = (amount: Decimal | undefined): string | null => (amount === undefined ? null : formatDecimal(amount));

export const createPlacing = (deps: PlacingDeps, limits: PlacingLimits) => {
  const { store, saga, portfolios, rules: orderRules, symbols, tape, fees, clock } = deps;

  const decision = createDecision(deps, limits.decisionMs);

  const notListedYet = () =>
    orderRefusal('unavailable', 'symbol', 'market-away', 'It is not known yet what the exchange lists.', {
      retryAfterMs: 1_000,
    });
  /** The kind of prices, and whose portfolio. @throws AppError unavailable while nobody knows what the exchange lists */
  const aboutOf = ({ userId, portfolioId, simulated: said, requestId }: PlaceAsked) => {
    const simulated = symbols.simulated ?? said;
    if (simulated === undefined) throw notListedYet();
    const id = portfolioId ?? defaultPortfolioId(userId, { kind: 'paper', simulated });
    return { userId, portfolioId: id.toLowerCase(), simulated, requestId };
  };
  const portfolioFor = async (asked: ReturnType<typeof aboutOf>): Promise<KnownPortfolio> => {
    const portfolio = await portfolios.get(asked).catch((thrown: unknown) => {
      const isAway =
        thrown instanceof AppError && ['unavailable', 'deadline_exceeded', 'resource_exhausted'].includes(thrown.code);
      if (!isAway) throw thrown;
      const words = 'Portfolios cannot be reached at the moment; nothing was placed.';
      throw orderRefusal('unavailable', 'portfolio_id', 'portfolio-away', words, { retryAfterMs: 1_000 });
    });
    const refuse = (reason: string, words: string) =>
      orderRefusal('failed_precondition', 'portfolio_id', reason, `${words}; nothing was placed.`);
    if (portfolio.kind !== 'paper') throw refuse('wrong-kind', `Orders are placed in portfolios of paper money`);
    if (portfolio.isArchived) throw refuse('archived', 'The portfolio is archived');
    if (portfolio.simulated !== asked.simulated)
      throw refuse('wrong-kind', `The portfolio lives at ${portfolio.simulated ? 'made-up' : 'real'} prices`);
    return portfolio;
  };
  const rulesFor = (symbol: string): SymbolRules => {
    const rules = symbols.rules(symbol);
    if (rules) return rules;
    // Before the first list was read that says nothing of the symbol, whatever the caller knows of prices.
    if (symbols.simulated === undefined) throw notListedYet();
    throw orderRefusal('unprocessable', 'symbol', 'unknown-symbol', `The exchange does not list ${symbol}.`);
  };
  const referenceFor = async (plan: OrderPlan): Promise<Reference | undefined> => {
    const reference = await tape.reference(plan.symbol).catch((thrown: unknown) => {
      if (!(thrown instanceof AppError && thrown.code === 'unavailable')) throw thrown;
      const words = 'What is traded cannot be had at the moment; nothing was placed.';
      throw orderRefusal('unavailable', 'symbol', 'market-away', words, { retryAfterMs: 1_000 });
    });
    if (!reference && orderRules.needsReference(plan))
      throw orderRefusal(
        'failed_precondition',
        'symbol',
        'no-price-yet',
        `No trade of ${plan.symbol} was seen yet; please try again in some seconds. Nothing was placed.`,
      );
    return reference;
  };
  /** @throws AppError where it is not taken */
  const judge = async (asked: PlaceAsked, about: ReturnType<typeof aboutOf>): Promise<Judged> => {
    const said = { ...asked.order, symbol: asked.order.symbol.toLowerCase() };
    const rules = rulesFor(said.symbol);
    const portfolio = await portfolioFor(about);
    const isMax = said.quantity === 'max' && said.side === 'SELL';
    const quantity = isMax
      ? orderRules.roundedDown(await portfolios.available(about, rules.baseAsset), rules)
      : said.quantity;
    if (isMax && quantity === '0')
      throw orderRefusal(
        'failed_precondition',
        'quantity',
        'insufficient-balance',
        `There is no ${rules.baseAsset} to sell; nothing was placed.`,
        { facts: { asset: rules.baseAsset, available: '0' } },
      );
    const plan = orderRules.readPlan({ ...said, quantity });
    // What is wrong without a price is said without waiting for one.
    orderRules.checkFilters(plan, rules, undefined);
    const reference = await referenceFor(plan);
    orderRules.checkFilters(plan, rules, reference);
    const refused = reference && orderRules.judge(plan, reference);
    if (refused)
      throw orderRefusal('failed_precondition', 'price', refused.reason, refused.detail, {
        ...(refused.facts ? { facts: refused.facts } : {}),
      });
    return { portfolio, plan, rules, reference };
  };

  const boundsOf = ({ maxOpenOrders = limits.maxOpenOfSymbol }: SymbolRules): PlaceBounds => ({
    ...limits,
    maxOpenOfSymbol: Math.min(limits.maxOpenOfSymbol, maxOpenOrders),
  });
  const rowOf = (asked: PlaceAsked, judged: Judged, clientOrderId: string, requestHash: Uint8Array): NewOrder => {
    const { portfolio, plan, rules, reference } = judged;
    const { asset, amount, protection } = orderRules.reservationOf(plan, rules, reference);
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
      acceptedAfterTrade: null,
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

  const place = async (asked: PlaceAsked): Promise<PlacedOrder> => {
    const { userId, portfolioId: said, order } = asked;
    const hashOf = (id: string) => hashOfOrder(id.toLowerCase(), { ...order, symbol: order.symbol.toLowerCase() });
    /** Where none was said it was the default one of the prices of then, whatever they are now. */
    const meant =
      said === undefined ? kinds.map((simulated) => defaultPortfolioId(userId, { kind: 'paper', simulated })) : [said];
    const name = asked.clientOrderId === undefined ? uuid7({ msecs: clock.now() }) : asked.clientOrderId;
    const clientOrderId = readClientOrderId(name);
    const repeated = async (stored: OrderRow): Promise<PlacedOrder> => {
      if (!meant.some((id) => isSameOrder(stored.requestHash, hashOf(id)))) throw otherOrder(clientOrderId);
      return { state: await decision(stored, 'anywhere'), isRepeat: true };
    };
    const notKnown = (thrown: unknown): never => {
      if (!(thrown instanceof UnansweredCommitError)) throw thrown;
      throw new AppError('deadline_exceeded', 'It is not known whether the order was placed.', { cause: thrown });
    };
    // What was placed under a name is so, whatever would be said of it now.
    const before = asked.clientOrderId === undefined ? undefined : await store.find(asked.userId, clientOrderId);
    if (before) return repeated(before.order);

    const about = aboutOf(asked);
    const judged = await judge(asked, about);
    const row = rowOf(asked, judged, clientOrderId, hashOf(about.portfolioId));
    const placed = await store.place(row, boundsOf(judged.rules), limits.leaseMs, asked.requestId).catch(notKnown);
    if (placed.kind === 'refused') throw notPlaced(placed.why);
    if (placed.kind === 'known') return repeated(placed.order);
    void saga.drive({ id: placed.order.id, step: 'reserving', attempts: 1, waitedMs: 0 });
    return { state: await decision(placed.order, 'here'), isRepeat: false };
  };
  const test = async (asked: PlaceAsked): Promise<TestedOrder> => {
    const about = aboutOf(asked);
    if (asked.clientOrderId !== undefined) readClientOrderId(asked.clientOrderId);
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
