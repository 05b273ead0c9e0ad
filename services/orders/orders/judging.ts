import { AppError } from '@tickfolio/lib/errors';
import { defaultPortfolioId } from '@tickfolio/lib/events/default-portfolios';
import { add, type Decimal, parseDecimal } from '@tickfolio/lib/money';
import type { SymbolRulesSource } from '../market/symbol-rules-source.js';
import type { TapeReference } from '../market/tape-reference.js';
import type { KnownPortfolio, Portfolios } from '../portfolio/portfolios.js';
import type { OrderPlan, Reference, SymbolRules } from '../rules/order.js';
import type { AskedOrder, OrderRules } from './order-rules.js';
import { orderRefusal } from './refusals.js';

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

/** Whose order it is, and at which kind of prices it lives. */
export interface AboutOrder {
  readonly userId: string;
  readonly portfolioId: string;
  readonly simulated: boolean;
  readonly requestId: string;
}

/** All that is known of an order before it is stored. */
export interface Judged {
  readonly portfolio: KnownPortfolio;
  readonly plan: OrderPlan;
  readonly rules: SymbolRules;
  readonly reference: Reference | undefined;
}

export interface JudgingDeps {
  readonly portfolios: Portfolios;
  readonly rules: OrderRules;
  readonly symbols: SymbolRulesSource;
  readonly tape: TapeReference;
  /** How much of an asset a portfolio's open orders buy yet, decimal text. */
  readonly openBuys: (portfolioId: string, asset: string) => Promise<string>;
}

/** Whether an order is taken, by its form, its portfolio, what the exchange asks of it and what is traded now. */
export const createJudging = ({ portfolios, rules: orderRules, symbols, tape, openBuys }: JudgingDeps) => {
  const notListedYet = () =>
    orderRefusal('unavailable', 'symbol', 'market-away', 'It is not known yet what the exchange lists.', {
      retryAfterMs: 1_000,
    });
  /** The kind of prices, and whose portfolio. @throws AppError unavailable while nobody knows what the exchange lists */
  const aboutOf = ({ userId, portfolioId, simulated: said, requestId }: PlaceAsked): AboutOrder => {
    const simulated = symbols.simulated ?? said;
    if (simulated === undefined) throw notListedYet();
    const id = portfolioId ?? defaultPortfolioId(userId, { kind: 'paper', simulated });
    return { userId, portfolioId: id.toLowerCase(), simulated, requestId };
  };
  const portfolioFor = async (asked: AboutOrder): Promise<KnownPortfolio> => {
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
  /** What a portfolio has of the base asset: free, kept, and in open buys. */
  const positionOf = async (about: AboutOrder, { baseAsset }: SymbolRules): Promise<Decimal> => {
    const parts = [portfolios.held(about, baseAsset), openBuys(about.portfolioId, baseAsset)] as const;
    const [held, coming] = await Promise.all(parts);
    return add(parseDecimal(held), parseDecimal(coming));
  };
  /** @throws AppError where it is not taken */
  const judge = async (asked: PlaceAsked, about: AboutOrder): Promise<Judged> => {
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
    const position = plan.side === 'BUY' && rules.maxPosition ? await positionOf(about, rules) : undefined;
    orderRules.checkFilters(plan, rules, reference, position && { position });
    const refused = reference && orderRules.judge(plan, reference);
    if (refused)
      throw orderRefusal('failed_precondition', 'price', refused.reason, refused.detail, {
        ...(refused.facts ? { facts: refused.facts } : {}),
      });
    return { portfolio, plan, rules, reference };
  };
  return { aboutOf, rulesFor, referenceFor, judge };
};
