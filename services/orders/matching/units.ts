import type { Decimal } from '@tickfolio/lib/money';

/** Amounts as whole numbers of one size: what prices and quantities have at most after the point. */
const scale = 18;
const powers = Array.from({ length: scale + 1 }, (_, exponent) => 10n ** BigInt(exponent));

/** Exact; digits past the 18th are none by the bounds of amounts. */
export const unitsOf = ({ units, scale: of }: Decimal): bigint =>
  of <= scale ? units * (powers[scale - of] as bigint) : units / 10n ** BigInt(of - scale);

export const decimalOf = (units: bigint): Decimal => ({ units, scale });

/** Of a product of two amounts: twice the places. */
export const productUnitsOf = ({ units, scale: of }: Decimal): bigint => units * 10n ** BigInt(2 * scale - of);

export const lesser = (a: bigint, b: bigint): bigint => (a < b ? a : b);
