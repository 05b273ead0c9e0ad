import { add, compare, type Decimal, divide, formatDecimal, parseDecimal } from '@tickfolio/lib/money';

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

/** Rounded half away from zero to exactly so many decimals, in exact arithmetic. */
export const rounded = (value: Decimal, decimals: number): string => {
  const { units } = divide(value, one, decimals);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  const text = decimals === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return units < 0n ? `-${text}` : text;
};

const thousandth: Decimal = parseDecimal('0.001');
const thousand: Decimal = parseDecimal('1000');

/** Decimals that tell a value of this size apart from its neighbours: 2 for what is worth more than one, more for what is tiny. */
const decimalsFor = (value: Decimal): number => {
  const size = value.units < 0n ? { ...value, units: -value.units } : value;
  if (size.units === 0n || compare(size, one) >= 0) return 2;
  return compare(size, thousandth) >= 0 ? 4 : 8;
};

/** An amount of money for reading; the exact one stands beside it where it matters. @param like it has as many decimals as this */
export const money = (value: Decimal, style: NumberStyle, like = value): string => grouped(rounded(value, decimalsFor(like)), style);

/** With a sign, also for what grew. */
export const signed = (text: string): string => (/[1-9]/.test(text) ? (text.startsWith('−') ? text : `+${text}`) : text);

export const percent = (part: Decimal, whole: Decimal, style: NumberStyle, decimals = 1): string | undefined =>
  whole.units === 0n ? undefined : `${grouped(rounded(divide({ ...part, units: part.units * 100n }, whole, decimals), decimals), style)} %`;

/** Short, for axes: 1.2k, 3.4M. */
export const short = (value: Decimal, style: NumberStyle): string =>
  compare(value, thousand) < 0 ? money(value, style) : grouped(rounded(value, 0), style);

export const sum = (values: readonly Decimal[]): Decimal => values.reduce(add, { units: 0n, scale: 0 });
export const text = formatDecimal;

/** The time of day in UTC, as `14:05 UTC`. */
export const timeUtc = (atMs: number): string => `${new Date(atMs).toISOString().slice(11, 16)} UTC`;
