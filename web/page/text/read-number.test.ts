import { grouped, money, padded, percentage, rounded, shortQuantity, signed } from '@tickfolio/lib/look/amount';
import { canonical, parseDecimal } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { de } from './messages-de.js';
import { en } from './messages-en.js';
import { readNumber } from './read-number.js';

const languages = fc.constantFrom(en.numbers, de.numbers);
const whole = fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }).map(String);
const numbers = (most: number) =>
  fc
    .tuple(whole, fc.stringMatching(new RegExp(`^[0-9]{0,${most}}$`)))
    .map(([before, after]) => (after === '' ? before : `${before}.${after}`));
const read = (text: string, style: typeof en.numbers) => {
  const found = readNumber(text, style);
  return found.kind === 'number' ? found.number : found.kind;
};

it('reads a quantity with up to 8 decimals, and a price in the steps of its market, back as they were written', () => {
  fc.assert(
    fc.property(numbers(8), fc.integer({ min: 0, max: 8 }), languages, (number, decimals, style) => {
      expect(read(shortQuantity(number, style), style)).toBe(canonical(number));
      expect(read(grouped(padded(number, decimals), style), style)).toBe(canonical(number));
    }),
  );
});

it('reads money and percentages back as they were rounded, behind a true minus and before a percent sign', () => {
  fc.assert(
    fc.property(numbers(10), languages, (number, style) => {
      const value = parseDecimal(number);
      const shown = money(value, style);
      const atLeastOne = value.units >= 10n ** BigInt(value.scale);
      if (atLeastOne) expect(read(shown, style)).toBe(canonical(rounded(value, 2)));
      const percent = signed(percentage({ ...value, units: -value.units }, style));
      if (!atLeastOne || value.units === 0n) return;
      expect(percent).toMatch(/^−[\d.,]+ %$/);
      expect(read(percent.slice(1, -2), style)).toBe(canonical(rounded(value, 2)));
    }),
  );
});
