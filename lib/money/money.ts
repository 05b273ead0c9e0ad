import { AppError } from '../errors/errors.js';
import { amountBounds, type DecimalBounds, marketBounds, maxTextLength } from './bounds.js';

export { amountBounds, type DecimalBounds, marketBounds, quantityBounds } from './bounds.js';
export { type AmountKind, amountKind, isPrice } from './market-amount.js';

/** An exact decimal: `units × 10^-scale`. Immutable; `scale` is a whole number from 0. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

export const zero: Decimal = { units: 0n, scale: 0 };

const pattern = /^([+-]?)(\d+)(?:\.(\d+))?$/;

const powers: bigint[] = [1n];

const powerOfTen = (exponent: number): bigint => {
  for (let i = powers.length; i <= exponent; i++) powers.push((powers[i - 1] as bigint) * 10n);
  return powers[exponent] as bigint;
};

/**
 * Reads decimal text: digits, optionally a sign and a point with digits on both sides; no exponent, no blanks.
 * Leading zeros and trailing fractional zeros do not count against the bounds.
 * @throws AppError invalid_argument, with the reason in words.
 */
export const parseDecimal = (text: string, bounds: DecimalBounds = marketBounds): Decimal => {
  if (text.length > maxTextLength(bounds)) throw new AppError('invalid_argument', 'The number is too long.');
  const match = pattern.exec(text);
  if (!match)
    throw new AppError(
      'invalid_argument',
      'Not a decimal number: write it with digits and at most one point, as in "1.5".',
    );
  const sign = match[1];
  const whole = (match[2] as string).replace(/^0+(?=\d)/, '');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (whole !== '0' && whole.length > bounds.maxIntegerDigits) {
    throw new AppError('invalid_argument', `At most ${bounds.maxIntegerDigits} digits may stand before the point.`);
  }
  if (fraction.length > bounds.maxFractionDigits) {
    throw new AppError(
      'invalid_argument',
      `At most ${bounds.maxFractionDigits} decimals are kept; more are refused, not rounded.`,
    );
  }
  const units = BigInt(whole + fraction);
  return { units: sign === '-' ? -units : units, scale: fraction.length };
};

const pointCode = 46;
/**
 * Exchanges write every price and quantity with 8 decimals; that form has a short cut, any other is read the long way.
 */
const usualScale = 8;

/**
 * Reads a price or quantity that `amountKind` has judged to be one. Usual texts all get one scale, so that sums of them
 * need no conversion.
 */
export const readAmount = (text: string): Decimal => {
  const point = text.length - usualScale - 1;
  if (text.charCodeAt(point) !== pointCode) return parseDecimal(text, amountBounds);
  return { units: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: usualScale };
};

const unitsAt = (value: Decimal, scale: number): bigint => value.units * powerOfTen(scale - value.scale);

export const add = (a: Decimal, b: Decimal): Decimal => {
  if (a.scale === b.scale) return { units: a.units + b.units, scale: a.scale };
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
};

export const negate = (value: Decimal): Decimal => ({ units: -value.units, scale: value.scale });

export const subtract = (a: Decimal, b: Decimal): Decimal => add(a, negate(b));

/** Exact: the scales add up. */
export const multiply = (a: Decimal, b: Decimal): Decimal => ({ units: a.units * b.units, scale: a.scale + b.scale });

/**
 * `a / b` to `scale` decimals, half away from zero. The one operation that can round; used for ratios, never for
 * totals.
 * @throws RangeError when b is zero.
 */
export const divide = (a: Decimal, b: Decimal, scale: number): Decimal => {
  if (b.units === 0n) throw new RangeError('division by zero');
  const numerator = a.units * powerOfTen(b.scale + scale);
  const denominator = b.units * powerOfTen(a.scale);
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (2n * n + d) / (2n * d);
  return { units: negative ? -rounded : rounded, scale };
};

/** Negative when a < b, 0 when equal, positive when a > b, whatever the scales. */
export const compare = (a: Decimal, b: Decimal): number => {
  const scale = Math.max(a.scale, b.scale);
  const difference = unitsAt(a, scale) - unitsAt(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

export const isZero = (value: Decimal): boolean => value.units === 0n;

/** Canonical text: no `+`, no exponent, no trailing fractional zeros, "0" for zero. */
export const formatDecimal = (value: Decimal): string => {
  const negative = value.units < 0n;
  let digits = (negative ? -value.units : value.units).toString();
  if (value.scale === 0) return negative ? `-${digits}` : digits;
  if (digits.length <= value.scale) digits = digits.padStart(value.scale + 1, '0');
  const point = digits.length - value.scale;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === 48) end--;
  const text = end === point ? digits.slice(0, point) : `${digits.slice(0, point)}.${digits.slice(point, end)}`;
  return negative ? `-${text}` : text;
};

/** Canonical form of decimal text, as `parseDecimal` reads it. */
export const canonical = (text: string, bounds?: DecimalBounds): string => formatDecimal(parseDecimal(text, bounds));
