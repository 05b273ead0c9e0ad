import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  canonical,
  compare,
  divide,
  formatDecimal,
  multiply,
  parseDecimal,
  quantityBounds,
  subtract,
} from './money.js';

const Exact = Reference.clone({ precision: 200, toExpNeg: -400, toExpPos: 400 });

const decimalText = fc
  .tuple(fc.constantFrom('', '-', '+'), fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.stringMatching(/^\d{0,18}$/))
  .map(([sign, whole, fraction]) => `${sign}${whole}${fraction ? `.${fraction}` : ''}`);

describe('money agrees with a decimal library', () => {
  it('parse and format keep the value and are canonical', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const out = canonical(text);
        expect(out).toBe(new Exact(text).toFixed().replace(/^-0$/, '0'));
        expect(canonical(out)).toBe(out);
      }),
    );
  });
  it('add, subtract, multiply and compare are exact', () => {
    fc.assert(
      fc.property(decimalText, decimalText, (left, right) => {
        const [a, b] = [parseDecimal(left), parseDecimal(right)];
        const [x, y] = [new Exact(left), new Exact(right)];
        const text = (value: InstanceType<typeof Exact>) => (value.isZero() ? '0' : value.toFixed());
        expect(formatDecimal(add(a, b))).toBe(text(x.plus(y)));
        expect(formatDecimal(subtract(a, b))).toBe(text(x.minus(y)));
        expect(formatDecimal(multiply(a, b))).toBe(text(x.times(y)));
        expect(compare(a, b)).toBe(x.comparedTo(y));
      }),
    );
  });
  it('divide rounds half away from zero', () => {
    fc.assert(
      fc.property(decimalText, decimalText, fc.integer({ min: 0, max: 12 }), (left, right, scale) => {
        const y = new Exact(right);
        fc.pre(!y.isZero());
        const expected = new Exact(left).dividedBy(y).toDecimalPlaces(scale, Reference.ROUND_HALF_UP);
        expect(formatDecimal(divide(parseDecimal(left), parseDecimal(right), scale))).toBe(
          expected.isZero() ? '0' : expected.toFixed(),
        );
      }),
    );
    expect(() => divide(parseDecimal('1'), parseDecimal('0.0'), 2)).toThrow(RangeError);
  });
});

describe('parseDecimal', () => {
  it.each(['', ' 1', '1 ', '1e3', '.5', '5.', '1,5', '0x10', 'NaN', 'Infinity', '--1', '1.2.3', '١'])(
    'refuses %j',
    (text) => {
      expect(() => parseDecimal(text)).toThrow(/decimal number/);
    },
  );
  it('keeps 20 digits and 18 decimals of a quantity and refuses more, not rounding', () => {
    const most = `${'9'.repeat(20)}.${'9'.repeat(18)}`;
    expect(canonical(most, quantityBounds)).toBe(most);
    expect(() => parseDecimal(`1${'0'.repeat(20)}`, quantityBounds)).toThrow(/At most 20 digits/);
    expect(() => parseDecimal(`0.${'0'.repeat(18)}1`, quantityBounds)).toThrow(/At most 18 decimals/);
  });
  it('does not count zeros that carry no value', () => {
    expect(canonical('000000000000000000000000.50000000000000000000000', quantityBounds)).toBe('0.5');
  });
  it('refuses a text too long to be worth scanning', () => {
    expect(() => parseDecimal('1'.repeat(10_000))).toThrow(/too long/);
  });
});
