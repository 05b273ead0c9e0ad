import type { AggTrade } from '@tickfolio/gen/market/v1';
import { type Decimal, type DecimalBounds, parseDecimal } from '@tickfolio/lib/money';

/** One aggregate trade. */
export interface Trade {
  /** Aggregate trade id; consecutive per symbol. */
  readonly id: number;
  readonly price: Decimal;
  readonly quantity: Decimal;
  /** Trade time, epoch milliseconds. */
  readonly timeMs: number;
}

/** What an aggTrade payload of the exchange's stream says. */
export interface AggTradeFrame {
  /** As the exchange writes it, upper case. */
  readonly symbol: string;
  /** When the exchange sent it, epoch milliseconds. */
  readonly eventMs: number;
  readonly trade: Trade;
}

const zeroCode = 48;
const pointCode = 46;
/** The exchange writes every price and quantity with 8 decimals; that form has a short cut, any other is read the long way. */
const usualScale = 8;
/**
 * Half of what readers of a SecondStat take (`marketBounds`), so that price times quantity still fits. The exchange
 * itself uses 8 decimals and at most 13 digits before the point.
 */
const amountBounds: DecimalBounds = { maxIntegerDigits: 14, maxFractionDigits: 9 };
/** Longer texts go the long way, which refuses them with a reason. */
const usualMaxLength = amountBounds.maxIntegerDigits + 1 + usualScale;

const isUsual = (text: string): boolean => {
  const point = text.length - usualScale - 1;
  if (point < 1 || text.length > usualMaxLength || text.charCodeAt(point) !== pointCode) return false;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - zeroCode;
    if (i !== point && (digit < 0 || digit > 9)) return false;
  }
  return true;
};

/**
 * Reads a price or quantity exactly. Usual texts all get one scale, so that sums of them need no conversion.
 * @throws AppError invalid_argument for what is no decimal, or a negative one.
 */
export const parseAmount = (text: string): Decimal => {
  if (isUsual(text)) {
    const point = text.length - usualScale - 1;
    return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: usualScale };
  }
  const value = parseDecimal(text, amountBounds);
  if (value.units < 0n) throw new RangeError('negative');
  return value;
};

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const readAmounts = (id: number, price: string, quantity: string, timeMs: number): Trade | string => {
  try {
    return { id, price: parseAmount(price), quantity: parseAmount(quantity), timeMs };
  } catch (err) {
    return `price or quantity: ${err instanceof Error ? err.message : String(err)}`;
  }
};

/** Reads an aggTrade payload (JSON text). @returns the reason, as text, when it is none. */
export const parseAggTrade = (payload: string): AggTradeFrame | string => {
  let fields: Readonly<Record<string, unknown>> | null;
  try {
    fields = JSON.parse(payload);
  } catch {
    return 'not JSON';
  }
  if (typeof fields !== 'object' || fields === null) return 'not an object';
  const { e, E, s, a, p, q, T } = fields;
  if (e !== 'aggTrade') return 'not an aggTrade';
  if (typeof s !== 'string') return 's is not a text';
  if (!isCount(a) || !isCount(E) || !isCount(T)) return 'a, E or T is not a whole number';
  if (typeof p !== 'string' || typeof q !== 'string') return 'p or q is not a text';
  const trade = readAmounts(a, p, q, T);
  return typeof trade === 'string' ? trade : { symbol: s, eventMs: E, trade };
};

/** Reads a trade of the exchange's REST history. @returns the reason, as text, when it is none. */
export const tradeOf = (row: AggTrade): Trade | string => {
  if (!isCount(row.id) || !isCount(row.tradeTimeMs)) return 'id or time is not a whole number';
  return readAmounts(row.id, row.price, row.quantity, row.tradeTimeMs);
};
