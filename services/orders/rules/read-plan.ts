import { amountKind, type Decimal, parseDecimal, quantityBounds } from '@tickfolio/lib/money';
import { type OrderPlan, type OrderType, orderTypes, type Side, type TimeInForce, timesInForce } from './order.js';
import type { OrderField, Refusal } from './refusal.js';

/** An order as somebody asks for it: text, whatever it says. */
export interface AskedPlan {
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

export type ReadPlan = { readonly plan: OrderPlan } | { readonly refusal: Refusal };

/** The exchange's own numbers. */
const codes = { malformed: -1102, notNeeded: -1106, both: -1128, composition: -1014, timeInForce: -1115 } as const;
const unknownCodes = { side: -1117, type: -1116, timeInForce: codes.timeInForce } as const;

const amountFields = ['quantity', 'quoteQuantity', 'price', 'stopPrice', 'icebergQuantity'] as const;
type AmountField = (typeof amountFields)[number];

export const hasLimit = (type: OrderType): boolean => type.includes('LIMIT');
export const isStop = (type: OrderType): boolean => type.startsWith('STOP') || type.startsWith('TAKE');

const isNeeded = (type: OrderType, field: AmountField): boolean => {
  switch (field) {
    case 'quantity':
      return type !== 'MARKET';
    case 'price':
      return hasLimit(type);
    case 'stopPrice':
      return isStop(type);
    default:
      return false;
  }
};
const isAllowed = (type: OrderType, field: AmountField): boolean => {
  switch (field) {
    case 'quantity':
      return true;
    case 'quoteQuantity':
      return type === 'MARKET';
    case 'icebergQuantity':
      return hasLimit(type);
    default:
      return isNeeded(type, field);
  }
};

const missing = (field: OrderField, of: string): Refusal => ({
  ...{ reason: 'missing', field, exchangeCode: codes.malformed },
  message: `${of} needs ${field}`,
});
const notNeeded = (field: OrderField, type: OrderType): Refusal => ({
  ...{ reason: 'not-needed', field, exchangeCode: codes.notNeeded },
  message: `${type} takes no ${field}`,
});
const badCombination = (field: OrderField, message: string, exchangeCode: number): Refusal => ({
  ...{ reason: 'bad-combination', field, message, exchangeCode },
});

const faultOfAmount = (field: AmountField, text: string): Refusal | undefined => {
  const refuse = (message: string): Refusal => ({
    ...{ reason: 'bad-number', field, message, exchangeCode: codes.malformed },
  });
  switch (amountKind(text, quantityBounds)) {
    case 'positive':
      return undefined;
    case 'zero':
      return refuse('must be above 0');
    case 'too many digits':
      return refuse('has more than 20 digits before the point or 18 after it');
    case 'unreadable':
      return refuse('must be decimal text such as "0.5"');
  }
};

const faultOfWord = (
  field: 'side' | 'type' | 'timeInForce',
  text: string,
  words: readonly string[],
): Refusal | undefined => {
  if (text === '') return missing(field, 'an order');
  if (words.includes(text)) return undefined;
  return {
    ...{ reason: 'unknown-value', field, exchangeCode: unknownCodes[field] },
    message: `must be one of ${words.join(', ')}`,
  };
};

const faultOfTime = (type: OrderType, timeInForce: string | undefined): Refusal | undefined => {
  if (timeInForce === undefined || timeInForce === 'GTC')
    return timeInForce !== undefined && !hasLimit(type) ? notNeeded('timeInForce', type) : undefined;
  if (type === 'LIMIT_MAKER')
    return badCombination('timeInForce', `LIMIT_MAKER rests; it is never ${timeInForce}`, codes.composition);
  if (hasLimit(type)) return undefined;
  if (timeInForce === 'FOK')
    return badCombination('timeInForce', `${type} is filled as far as it can be; it is never FOK`, codes.timeInForce);
  return notNeeded('timeInForce', type);
};

/** The first fault of the form of an order. */
const faultOf = (asked: AskedPlan): Refusal | undefined => {
  const word =
    faultOfWord('side', asked.side, ['BUY', 'SELL']) ??
    faultOfWord('type', asked.type, orderTypes) ??
    (asked.timeInForce === undefined ? undefined : faultOfWord('timeInForce', asked.timeInForce, timesInForce));
  if (word) return word;
  const type = asked.type as OrderType;
  for (const field of amountFields) {
    const text = asked[field];
    if (text === undefined && isNeeded(type, field)) return missing(field, type);
    if (text !== undefined && !isAllowed(type, field)) return notNeeded(field, type);
  }
  if (type === 'MARKET' && asked.quantity !== undefined && asked.quoteQuantity !== undefined)
    return {
      ...{ reason: 'not-needed', field: 'quoteQuantity', exchangeCode: codes.both },
      message: 'cannot be said beside quantity: MARKET takes one of them',
    };
  if (type === 'MARKET' && asked.quantity === undefined && asked.quoteQuantity === undefined)
    return missing('quantity', 'MARKET without quoteQuantity');
  const time = faultOfTime(type, asked.timeInForce);
  if (time) return time;
  if (asked.icebergQuantity !== undefined && asked.timeInForce !== undefined && asked.timeInForce !== 'GTC')
    return badCombination('icebergQuantity', 'is of orders that rest: timeInForce must be GTC', codes.timeInForce);
  for (const field of amountFields) {
    const text = asked[field];
    const fault = text === undefined ? undefined : faultOfAmount(field, text);
    if (fault) return fault;
  }
  return undefined;
};

const amount = <Name extends AmountField>(asked: AskedPlan, name: Name): { readonly [key in Name]?: Decimal } => {
  const text = asked[name];
  return (text === undefined ? {} : { [name]: parseDecimal(text, quantityBounds) }) as {
    readonly [key in Name]?: Decimal;
  };
};

/** Reads the form of an order; what the exchange asks of its amounts is not looked at. */
export const readPlan = (asked: AskedPlan): ReadPlan => {
  const refusal = faultOf(asked);
  if (refusal) return { refusal };
  const type = asked.type as OrderType;
  return {
    plan: {
      symbol: asked.symbol.toLowerCase(),
      side: asked.side as Side,
      type,
      ...(hasLimit(type) ? { timeInForce: (asked.timeInForce ?? 'GTC') as TimeInForce } : {}),
      ...amount(asked, 'quantity'),
      ...amount(asked, 'quoteQuantity'),
      ...amount(asked, 'price'),
      ...amount(asked, 'stopPrice'),
      ...amount(asked, 'icebergQuantity'),
    },
  };
};
