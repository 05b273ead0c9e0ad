import { compare, formatDecimal, multiply, parseDecimal } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { de as deFaults } from '../../text/faults/de.js';
import { en as enFaults } from '../../text/faults/en.js';
import { de as deMessages } from '../../text/messages-de.js';
import { en as enMessages } from '../../text/messages-en.js';
import { de as deQuantity } from '../../text/quantity/de.js';
import { en as enQuantity } from '../../text/quantity/en.js';
import { partOf, quantityFor, readAmount } from './amount.js';

const en = { ...enMessages, ...enQuantity, ...enFaults };

const de = { ...deMessages, ...deQuantity, ...deFaults };

const price = parseDecimal('68123.45');
const read = (typed: string, text = en, room = {}) => {
  const { quantity, fault } = readAmount(typed, text, { unit: 'usdt', price, room });
  return fault ?? formatDecimal(quantity);
};

describe('an amount of USDT', () => {
  it('is the largest quantity with 8 decimals that is worth no more', () => {
    expect(['100', '68,123.45', '136246.9', '0.01'].map((typed) => read(typed))).toEqual([
      '0.00146792',
      '1',
      '2',
      '0.00000014',
    ]);
    const amounts = fc.tuple(fc.bigInt(1n, 10n ** 20n), fc.bigInt(1n, 10n ** 20n));
    fc.assert(
      fc.property(amounts, ([units, priceUnits]) => {
        const [usdt, at] = [
          { units, scale: 6 },
          { units: priceUnits, scale: 8 },
        ];
        const quantity = quantityFor(usdt, at);
        expect(compare(multiply(quantity, at), usdt)).toBeLessThanOrEqual(0);
        expect(compare(multiply({ units: quantity.units + 1n, scale: quantity.scale }, at), usdt)).toBeGreaterThan(0);
      }),
    );
  });
  it('is refused in the words of a quantity, and where it is less than the smallest of them', () => {
    expect([read(''), read('1e3'), read('0')]).toEqual([en.quantityMissing, en.quantityShape, en.quantityZero]);
    expect([read('0.0001'), read('0,0001', de)]).toEqual([en.amountTooSmall, de.amountTooSmall]);
    expect(read('100,000', en, { most: { quantity: parseDecimal('1'), base: 'BTC' } })).toBe('You hold 1 BTC.');
  });
  it('is a quantity of the coin while no price is known', () => {
    expect(readAmount('1.5', en, { unit: 'usdt', price: undefined, room: {} })).toMatchObject({
      quantity: parseDecimal('1.5'),
    });
  });
});

it('a quarter, a half, three quarters and all of what is held are exact as far as decimals are kept', () => {
  const parts = (held: string) => [25, 50, 75, 100].map((percent) => partOf(held, percent));
  expect(parts('1.5')).toEqual(['0.375', '0.75', '1.125', '1.5']);
  expect(parts('99999999999999999999.999999999999999999')).toEqual([
    '25000000000000000000',
    '50000000000000000000',
    '74999999999999999999.999999999999999999',
    '99999999999999999999.999999999999999999',
  ]);
});
