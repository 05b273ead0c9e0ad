const pointed = (units: number | bigint, decimals: number, shown: number): string => {
  const text = String(units);
  const sign = text.startsWith('-') ? '-' : '';
  const digits = (sign ? text.slice(1) : text).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point, point + shown).padEnd(shown, '0')}`;
};

/**
 * The exchange's decimal text, always 8 decimals, of `units × 10^-decimals`. Exact up to 8 decimals; further ones are
 * cut off, as the exchange does with quote volumes. `units` as a number must be a safe integer.
 */
export const fixed8 = (units: number | bigint, decimals: number): string => pointed(units, decimals, 8);

/** The same of a price or a quantity, of which nothing is ever cut off: more than 8 decimals where it has more. */
export const amountText = (units: number | bigint, decimals: number): string =>
  pointed(units, decimals, Math.max(8, decimals));

/**
 * Whole units of `10^-decimals` in decimal text; undefined when the text is no plain decimal, has more decimals, or is
 * too large to be exact.
 */
export const unitsOf = (text: string, decimals: number): number | undefined => {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) return undefined;
  const units = Number(`${match[1]}${fraction.padEnd(decimals, '0')}`);
  return Number.isSafeInteger(units) ? units : undefined;
};

/** How many decimals of the text carry a digit other than zero at the end. */
export const decimalsOf = (text: string): number => (/\.(\d*?)0*$/.exec(text)?.[1] ?? '').length;
