import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountText, decimalsOf, fixed8, unitsOf } from './fixed-point.js';

const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_DOWN, toExpNeg: -60, toExpPos: 60 });
const units = fc.oneof(fc.bigInt(-(10n ** 25n), 10n ** 25n), fc.maxSafeInteger());
const decimals = fc.integer({ min: 0, max: 18 });
const exactOf = (of: bigint | number, scale: number) => new Exact(String(of)).times(new Exact(10).pow(-scale));

describe('the exchange’s decimal texts', () => {
  it('are what a decimal library writes: eight decimals, cut off; of an amount all of them', () => {
    fc.assert(
      fc.property(units, decimals, (of, scale) => {
        const cut = exactOf(of, scale).toFixed(8, Decimal.ROUND_DOWN);
        expect(fixed8(of, scale).replace(/^-(?=[0.]+$)/, '')).toBe(cut.replace(/^-(?=[0.]+$)/, ''));
        expect(new Exact(amountText(of, scale)).equals(exactOf(of, scale))).toBe(true);
        expect(amountText(of, scale).split('.')[1]).toHaveLength(Math.max(8, scale));
      }),
    );
  });

  it('are read back as they were written, or not at all', () => {
    fc.assert(
      fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), decimals, (of, scale) => {
        const text = amountText(of, scale);
        expect(decimalsOf(text)).toBeLessThanOrEqual(scale);
        expect(unitsOf(text, scale)).toBe(of);
        expect(unitsOf(`${text}1`, scale)).toBeUndefined();
      }),
    );
  });
});
