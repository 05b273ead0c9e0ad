import { type Decimal, divide, formatDecimal, isZero, multiply, parseDecimal } from '@tickfolio/lib/money';
import type { OrderBody, OrderSide, OrderType, TimeInForce } from '../../orders/order-calls.js';

/** What an amount is said in: the asset that is traded, or what it is paid with. */
export type AmountUnit = 'base' | 'quote';

/** An order while it is written; numbers as they were typed. */
export interface Draft {
  readonly side: OrderSide;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly unit: AmountUnit;
  readonly amount: string;
  readonly price: string;
  readonly stopPrice: string;
}

/** Fields that somebody types into. */
export type DraftField = 'amount' | 'price' | 'stopPrice';

export const orderTypes = [
  'LIMIT',
  'MARKET',
  'LIMIT_MAKER',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
] as const satisfies readonly OrderType[];
export const timesInForce = ['GTC', 'IOC', 'FOK'] as const satisfies readonly TimeInForce[];

/** What an order of a type asks for besides its amount. */
export const asksFor = (type: OrderType) => ({
  price: type.includes('LIMIT'),
  stopPrice: /STOP|PROFIT/.test(type),
  timeInForce: type === 'LIMIT' || type.endsWith('_LIMIT'),
});

export const emptyDraft: Draft = {
  ...{ side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', unit: 'base' },
  ...{ amount: '', price: '', stopPrice: '' },
};

/** Those decimals in which exchanges trade, where a market does not say its own. */
const usualStep = parseDecimal('0.00000001');
const stepOf = (step: string | undefined): Decimal => {
  const said = step === undefined ? usualStep : parseDecimal(step);
  return isZero(said) ? usualStep : said;
};

const unitsAt = ({ units, scale }: Decimal, at: number): bigint => units * 10n ** BigInt(at - scale);

/** The largest multiple of a step that is not above it. */
const floorTo = (amount: Decimal, step: Decimal): Decimal => {
  const scale = Math.max(amount.scale, step.scale);
  const units = unitsAt(amount, scale);
  return { units: units - (units % unitsAt(step, scale)), scale };
};

/** The smallest multiple of a tick that is not below it. */
const ceilTo = (price: Decimal, tick: Decimal): Decimal => {
  const down = floorTo(price, tick);
  const isOn = down.units === unitsAt(price, down.scale);
  return isOn ? down : { units: down.units + unitsAt(tick, down.scale), scale: down.scale };
};

/** The most whole steps that so much pays for, exactly. @param price not zero */
export const quantityFor = (quote: Decimal, price: Decimal, step: string | undefined): Decimal => {
  const by = stepOf(step);
  const ofStep = multiply(price, by);
  const scale = Math.max(quote.scale, ofStep.scale);
  const [paid, each] = [unitsAt(quote, scale), unitsAt(ofStep, scale)];
  return { units: (paid / each) * by.units, scale: by.scale };
};

/** On what quantities and prices of a market lie; absent where the exchange does not say it. */
export interface Grid {
  readonly step: string | undefined;
  readonly tick?: string | undefined;
}

/** Numbers of a draft that could be read. */
export interface DraftNumbers {
  readonly amount: Decimal | undefined;
  readonly price: Decimal | undefined;
  readonly stopPrice: Decimal | undefined;
}

/** By which price an amount of one asset is one of the other, where the order names one. */
export const ownPrice = ({ type }: Pick<Draft, 'type'>, numbers: DraftNumbers): Decimal | undefined => {
  const { price, stopPrice } = asksFor(type);
  return price ? numbers.price : stopPrice ? numbers.stopPrice : undefined;
};

/** An order at the market is said in what it is paid with as it is; any other is turned into a quantity. */
const isByQuote = ({ type, unit }: Draft): boolean => type === 'MARKET' && unit === 'quote';

/** So much more than its stop is kept for an order that buys at the market then, in percent, up to the tick. */
const protectionPercent = 105n;
const percentOf = ({ units, scale }: Decimal, percent: bigint): Decimal => ({
  units: units * percent,
  scale: scale + 2,
});
const isProtected = ({ side, type }: Draft): boolean => {
  const { price, stopPrice } = asksFor(type);
  return side === 'BUY' && stopPrice && !price;
};

/**
 * Of the base asset; undefined where that is not known before it is filled. Of a stop that buys at the market so much that
 * 5 % more than the amount is enough for what is kept.
 */
export const quantityOf = (
  draft: Draft,
  numbers: DraftNumbers,
  { step, tick }: Pick<Grid, 'step' | 'tick'>,
): Decimal | undefined => {
  if (!numbers.amount || isByQuote(draft)) return undefined;
  if (draft.unit === 'base') return numbers.amount;
  const price = ownPrice(draft, numbers);
  if (price && !isZero(price) && isProtected(draft)) {
    const kept = ceilTo(percentOf(price, protectionPercent), stepOf(tick));
    return quantityFor(percentOf(numbers.amount, protectionPercent), kept, step);
  }
  return price && !isZero(price) ? quantityFor(numbers.amount, price, step) : undefined;
};

/** The order as it is sent; undefined while something is missing. */
export const bodyOf = (
  draft: Draft,
  numbers: DraftNumbers,
  { symbol, portfolioId, ...grid }: Grid & { readonly symbol: string; readonly portfolioId: string },
): OrderBody | undefined => {
  const { side, type, timeInForce } = draft;
  const asked = asksFor(type);
  const { amount, price, stopPrice } = numbers;
  const quantity = quantityOf(draft, numbers, grid);
  if (!amount || (asked.price && !price) || (asked.stopPrice && !stopPrice)) return undefined;
  if (!isByQuote(draft) && (!quantity || isZero(quantity))) return undefined;
  return {
    ...{ portfolioId, symbol, side, type },
    ...(asked.timeInForce ? { timeInForce } : {}),
    ...(quantity ? { quantity: formatDecimal(quantity) } : { quoteQuantity: formatDecimal(amount) }),
    ...(asked.price && price ? { price: formatDecimal(price) } : {}),
    ...(asked.stopPrice && stopPrice ? { stopPrice: formatDecimal(stopPrice) } : {}),
  };
};

const hundred = parseDecimal('100');
/** Decimals of an amount that is paid with. */
const quoteScale = 8;
/** More than those, so that what is cut off is cut off once. */
const quotientScale = 24;

/**
 * An amount that is so many percent of what is available: of what is paid with where one buys, else of what is sold.
 * @param step of the market
 */
export const partOf = (draft: Draft, available: string, percent: number, step: string | undefined) => {
  const whole = parseDecimal(available);
  const part: Decimal = { units: whole.units * BigInt(percent), scale: whole.scale + 2 };
  if (draft.side === 'SELL') return { unit: 'base' as const, amount: formatDecimal(floorTo(part, stepOf(step))) };
  const protection = { units: protectionPercent, scale: 0 };
  const most = isProtected(draft) ? divide(multiply(part, hundred), protection, quotientScale) : part;
  return { unit: 'quote' as const, amount: formatDecimal(floorTo(most, { units: 1n, scale: quoteScale })) };
};
