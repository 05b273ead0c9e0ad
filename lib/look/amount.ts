import { compare, type Decimal, divide, parseDecimal } from '../money/money.js';

/** How a language writes numbers. */
export interface NumberStyle {
  readonly group: string;
  readonly point: string;
}

const one: Decimal = { units: 1n, scale: 0 };

/** Decimal text with grouped digits, all of them. */
export const grouped = (text: string, { group, point }: NumberStyle): string => {
  const negative = text.startsWith('-');
  const [whole = '0', fraction] = (negative ? text.slice(1) : text).split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return `${negative ? '−' : ''}${groups}${fraction ? point + fraction : ''}`;
};

/** With at least so many decimals, so that a column of prices keeps its point; no digit is left out. */
export const padded = (text: string, decimals: number): string => {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = fraction.padEnd(decimals, '0');
  return digits === '' ? whole : `${whole}.${digits}`;
};

/** Decimals of a quantity where it is one of many; all of them stand in its receipt. */
const quantityDecimals = 8;

/** A quantity for a table: what has more decimals than 8 ends with `…`, and what is less than all of them says so. */
export const shortQuantity = (text: string, style: NumberStyle): string => {
  const [whole = '0', fraction = ''] = text.split('.');
  if (fraction.length <= quantityDecimals) return grouped(text, style);
  const cut = `${whole}.${fraction.slice(0, quantityDecimals)}`;
  return /[1-9]/.test(cut) ? `${grouped(cut, style)}…` : `<${grouped(cut.replace(/0$/, '1'), style)}`;
};

/** Rounded half away from zero to exactly so many decimals, in exact arithmetic. */
export const rounded = (value: Decimal, decimals: number): string => {
  const { units } = divide(value, one, decimals);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return units < 0n ? `-${text}` : text;
};

const tenth: Decimal = parseDecimal('0.1');
const ten: Decimal = parseDecimal('10');
const hundred: Decimal = parseDecimal('100');
const thousand: Decimal = parseDecimal('1000');
const smallDigits = 4;
/** What is still smaller is told as less than that: no market trades in steps below it. */
const maxDecimals = 12;

/** Decimals of what is worth more than one: 2; of what is less, those of its first four digits. */
const decimalsFor = (value: Decimal): number => {
  let size = value.units < 0n ? { ...value, units: -value.units } : value;
  if (size.units === 0n || compare(size, one) >= 0) return 2;
  let decimals = smallDigits;
  for (; decimals < maxDecimals && compare(size, tenth) < 0; decimals++) size = { ...size, units: size.units * 10n };
  return decimals;
};

/** Without zeros at its end that say nothing, down to two decimals. */
const withoutZeros = (text: string): string => (/[1-9]/.test(text) ? text.replace(/(\.\d\d\d*?)0+$/, '$1') : text);

/** Of a rounded text: what is too small for its decimals, but something, is told as less than the smallest: `<0.01`. */
const told = (text: string, isSomething: boolean, style: NumberStyle): string =>
  grouped(isSomething && !/[1-9]/.test(text) ? `<${text.replace(/0$/, '1')}` : text, style);

/**
 * An amount of money for reading; the exact one stands beside it where it matters. @param like it has as many decimals
 * as this
 */
export const money = (value: Decimal, style: NumberStyle, like = value): string =>
  told(withoutZeros(rounded(value, decimalsFor(like))), value.units !== 0n, style);

/** With a sign, also for what grew; what is less than the smallest has none. */
export const signed = (text: string): string => (/^[−<]/.test(text) || !/[1-9]/.test(text) ? text : `+${text}`);

/** Two decimals for percentages of a change, everywhere. */
export const percentDecimals = 2;

/** So many of a hundred, as people read it; what is something is never told as nothing: `<0.01 %`. */
export const percentage = (value: Decimal, style: NumberStyle): string =>
  `${told(rounded(value, percentDecimals), value.units !== 0n, style)} %`;

export const percent = (part: Decimal, whole: Decimal, style: NumberStyle, decimals = 1): string | undefined => {
  if (whole.units === 0n) return undefined;
  const share = divide({ ...part, units: part.units * 100n }, whole, decimals);
  return `${told(rounded(share, decimals), part.units !== 0n, style)} %`;
};

/**
 * A part of a whole in tenths of a percent; what is not all of it is told as less, as what is something is never told
 * as nothing: `>99.9 %`.
 */
export const share = (part: Decimal, whole: Decimal, style: NumberStyle): string | undefined => {
  const text = percent(part, whole, style);
  const isRoundedUp = compare(part, whole) < 0 && text === percent(whole, whole, style);
  return isRoundedUp ? `>${grouped('99.9', style)} %` : text;
};

/**
 * Three digits, shortened to thousands and more where it is so much: 12.4 K, 846 M.
 * @param sizes names of a thousand, of a thousand of that, and so on
 */
export const shortened = (value: Decimal, style: NumberStyle, sizes: readonly string[]): string => {
  const digitsOf = (size: Decimal) => (compare(size, hundred) >= 0 ? 0 : compare(size, ten) >= 0 ? 1 : 2);
  let [size, steps] = [value, 0];
  // What would be rounded to a thousand of a size is one of the next.
  while (steps < sizes.length && compare(parseDecimal(rounded(size, digitsOf(size))), thousand) >= 0) {
    steps++;
    size = { units: value.units, scale: value.scale + 3 * steps };
  }
  if (steps === 0 && compare(size, one) < 0) return money(value, style);
  const text = grouped(rounded(size, digitsOf(size)), style);
  return steps === 0 ? text : `${text} ${sizes[steps - 1]}`;
};

const tenMillion: Decimal = parseDecimal('10000000');

/**
 * Money in a card: from 10 million on three digits of it, whose whole belongs where one points at it.
 * @param sizes names of a thousand, of a thousand of that, and so on
 */
export const cardMoney = (value: Decimal, style: NumberStyle, sizes: readonly string[]): string => {
  const size = value.units < 0n ? { ...value, units: -value.units } : value;
  if (compare(size, tenMillion) < 0) return money(value, style);
  return `${value.units < 0n ? '−' : ''}${shortened(size, style, sizes)}`;
};
