import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountBounds,
  amountKind,
  type DecimalBounds,
  formatDecimal,
  isPrice,
  marketBounds,
  multiply,
  parseDecimal,
  readAmount,
} from './money.js';

const Exact = Decimal.clone({ precision: 100, toExpNeg: -100, toExpPos: 100 });
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
    for (const wrong of [
      '',
      '.',
      '1.',
      '.5',
      '1..2',
      '-1',
      '+1',
      '1e5',
      '0x10',
      ' 1',
      '1 ',
      '1,5',
      '١',
      '1\n',
      1.5,
      null,
      undefined,
      {},
    ])
      expect(amountKind(wrong)).toBe('unreadable');
    for (const long of ['1'.repeat(21), `0.${'0'.repeat(18)}1`, '0'.repeat(1_000)])
      expect(amountKind(long)).toBe('too many digits');
    expect(['0', '000.000', '0.000000000012', '12'].map((amount) => amountKind(amount))).toEqual([
      'zero',
      'zero',
      'positive',
      'positive',
    ]);
  });

  it('of 0 is no price', () => {
    expect(['0', '0.00000000', '-1', 'x', '0.00000001'].map(isPrice)).toEqual([false, false, false, false, true]);
  });

  it('times another fits what is computed of amounts', () => {
    const most = parseDecimal(`${'9'.repeat(20)}.${'9'.repeat(18)}`, amountBounds);
    expect(amountKind(formatDecimal(multiply(most, most)), marketBounds)).toBe('positive');
  });
});

describe('an amount that was judged to be one', () => {
  const isAmount = (given: string) => ['positive', 'zero'].includes(amountKind(given));
  it('is read exactly in whatever form the exchange writes it', () => {
    const digits = (max: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${max}}$`));
    const text = fc.oneof(
      fc.tuple(digits(14), fc.stringMatching(/^[0-9]{8}$/)).map((parts) => parts.join('.')),
      fc.tuple(digits(14), digits(9)).map((parts) => parts.join('.')),
      digits(14),
    );
    fc.assert(
      fc.property(text, (given) => {
        expect(formatDecimal(readAmount(given))).toBe(new Exact(given).toFixed());
      }),
    );
  });

  it('is read by the short cut as it is the long way: the same number, or refused', () => {
    const text = fc.oneof(
      fc.stringMatching(/^[0-9.+\-e ]{0,14}$/),
      fc.tuple(fc.stringMatching(/^[0-9]{0,22}$/), fc.stringMatching(/^[0-9]{7,9}$/)).map((parts) => parts.join('.')),
      fc.tuple(fc.stringMatching(/^[0-9]{1,22}$/), fc.stringMatching(/^[0-9]{0,20}$/)).map((parts) => parts.join('.')),
    );
    const slowly = (given: string): string => {
      try {
        return /^[+-]/.test(given)
          ? 'refused'
          : formatDecimal(parseDecimal(given, { maxIntegerDigits: 20, maxFractionDigits: 18 }));
      } catch {
        return 'refused';
      }
    };
    fc.assert(
      fc.property(text, (given) => {
        expect(isAmount(given) ? formatDecimal(readAmount(given)) : 'refused').toBe(slowly(given));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    '',
    '.',
    '1.',
    '.5',
    '-1.00000000',
    '+1e5',
    '1e5',
    '0x10',
    ' 1.00000000',
    '1,5',
    '1.0000000a',
    'a.00000000',
    '+1.00000000',
    `1.${'1'.repeat(19)}`,
    '9'.repeat(21),
  ])('"%s" is refused', (text) => {
    expect(isAmount(text)).toBe(false);
  });
});
