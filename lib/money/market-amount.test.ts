import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountBounds, amountKind, type DecimalBounds, formatDecimal, isPrice, marketBounds, multiply, parseDecimal } from './money.js';

const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9]{${min},${max}}$`));
/** Decimal texts of every size, and texts that are nearly some. */
const text = fc.oneof(
  fc.tuple(digits(1, 60), digits(1, 50)).map((parts) => parts.join('.')),
  fc
    .tuple(fc.constantFrom('', '0', '000000'), digits(1, 22), digits(0, 20), fc.constantFrom('', '0', '00000000'))
    .map(([zeros, whole, fraction, more]) => (fraction + more ? `${zeros}${whole}.${fraction}${more}` : zeros + whole)),
  fc.stringMatching(/^[0-9.+\-e ]{0,12}$/),
  fc.string(),
);

/** The same by taking the text apart. */
const slowly = (given: string, bounds: DecimalBounds): string => {
  if (/^[+-]/.test(given)) return 'refused';
  try {
    return parseDecimal(given, bounds).units === 0n ? 'zero' : 'positive';
  } catch {
    return 'refused';
  }
};

describe('an amount of a market', () => {
  it.each([amountBounds, marketBounds])('is judged at a glance as it is by taking it apart: %j', (bounds) => {
    fc.assert(
      fc.property(text, (given) => {
        const kind = amountKind(given, bounds);
        expect(kind === 'unreadable' || kind === 'too many digits' ? 'refused' : kind).toBe(slowly(given, bounds));
      }),
      { numRuns: 3_000 },
    );
  });

  it('says what is wrong: no decimal, or too long a one', () => {
    for (const wrong of ['', '.', '1.', '.5', '1..2', '-1', '+1', '1e5', '0x10', ' 1', '1 ', '1,5', '١', '1\n', 1.5, null, undefined, {}])
      expect(amountKind(wrong)).toBe('unreadable');
    for (const long of ['1'.repeat(21), `0.${'0'.repeat(18)}1`, '0'.repeat(1_000)]) expect(amountKind(long)).toBe('too many digits');
    expect(['0', '000.000', '0.000000000012', '12'].map((amount) => amountKind(amount))).toEqual(['zero', 'zero', 'positive', 'positive']);
  });

  it('of 0 is no price', () => {
    expect(['0', '0.00000000', '-1', 'x', '0.00000001'].map(isPrice)).toEqual([false, false, false, false, true]);
  });

  it('times another fits what is computed of amounts', () => {
    const most = parseDecimal(`${'9'.repeat(20)}.${'9'.repeat(18)}`, amountBounds);
    expect(amountKind(formatDecimal(multiply(most, most)), marketBounds)).toBe('positive');
  });
});
