import { grouped } from '@tickfolio/lib/look/amount';
import { formatDecimal, parseDecimal } from '@tickfolio/lib/money';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { de as deFaults } from '../../text/faults/de.js';
import { en as enFaults } from '../../text/faults/en.js';
import { de as deMessages } from '../../text/messages-de.js';
import { en as enMessages } from '../../text/messages-en.js';
import { de as deQuantity } from '../../text/quantity/de.js';
import { en as enQuantity } from '../../text/quantity/en.js';
import { faultWhileTyped, readQuantity } from './quantity.js';

const en = { ...enMessages, ...enQuantity, ...enFaults };

const de = { ...deMessages, ...deQuantity, ...deFaults };

const of = (held: string) => ({ quantity: parseDecimal(held), base: 'BTC' });
const read = (typed: string, text = en) => {
  const { quantity, fault } = readQuantity(typed, text, { most: of('99999999999999999999.999999999999999999') });
  return fault ?? formatDecimal(quantity);
};
const inBoth = (typed: string) => [read(typed), read(typed, de)];

/** Any quantity that can be held, as canonical text. */
const quantities = fc
  .tuple(
    fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }),
    fc.integer({ min: 0, max: 18 }),
    fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }),
  )
  .map(([whole, decimals, fraction]) =>
    formatDecimal(parseDecimal(`${whole}.${fraction.toString().padStart(18, '0').slice(0, decimals)}0`)),
  )
  .filter((text) => text !== '0');
const languages = { en, de };
const tags = fc.constantFrom('en', 'de');

describe('a typed quantity', () => {
  it('is refused before it is sent, in the words of the page, where the sum has more digits than are kept', () => {
    const onto = (held: string, typed: string, text = en) => {
      const { quantity, fault } = readQuantity(typed, text, { onto: parseDecimal(held) });
      return fault ?? formatDecimal(quantity);
    };
    expect(onto('2', '99999999999999999999')).toBe(en.quantitySum);
    expect(onto('2', '99999999999999999999', de)).toBe(de.quantitySum);
    expect(onto('0.5', '99999999999999999999.5')).toBe(en.quantitySum);
    expect(onto('0.4', '99999999999999999999.5')).toBe('99999999999999999999.5');
    expect(onto('2', '99999999999999999997')).toBe('99999999999999999997');
  });
  it('is twelve thousand where the page writes twelve thousand so', () => {
    expect([read('12.000', de), read('12,000', en)]).toEqual(['12000', '12000']);
    expect([read('1.234,5', de), read('1,234.5', en)]).toEqual(['1234.5', '1234.5']);
    expect([read('12.345.678', de), read('12,345,678.25', en)]).toEqual(['12345678', '12345678.25']);
  });
  it('is refused where points stand in the wrong places, 12.34.567, in German and in English', () => {
    for (const typed of ['12.34.567', '1.00.000', '1.23.456', '12.34.567,5'])
      expect([typed, ...inBoth(typed)]).toEqual([typed, en.quantityShape, de.quantityShape]);
    expect(inBoth('12,34,567')).toEqual(['1234567', '1234567']);
  });
  it('is read back as it is shown, every quantity in every language', () => {
    fc.assert(
      fc.property(quantities, tags, (quantity, tag) => {
        expect(read(grouped(quantity, languages[tag].numbers), languages[tag])).toBe(quantity);
      }),
    );
  });
  it('is the same with blanks between its groups as other programs write them, thin ones and such that do not break', () => {
    fc.assert(
      fc.property(
        quantities,
        tags,
        fc.constantFrom(' ', '\u00a0', '\u202f', '\u2009', '’', "'"),
        (quantity, tag, group) => {
          const text = languages[tag];
          expect(read(grouped(quantity, { group, point: text.numbers.point }), text)).toBe(quantity);
        },
      ),
    );
  });
  it('is the same as people in India group it, in every language of the page', () => {
    fc.assert(
      fc.property(quantities, fc.constantFrom('en-IN', 'hi', 'gu', 'ta'), (quantity, tag) => {
        const format = new Intl.NumberFormat(tag, { numberingSystem: 'latn', maximumFractionDigits: 18 });
        const pasted = format.format(quantity as Intl.StringNumericLiteral);
        expect(read(pasted, en)).toBe(quantity);
        // A single mark is German there.
        if (pasted.match(/[.,]/g)?.length !== 1) expect(read(pasted, de)).toBe(quantity);
      }),
    );
    expect(inBoth('1,00,000')).toEqual(['100000', '100000']);
    expect(inBoth('12,34,567.50')).toEqual(['1234567.5', '1234567.5']);
    expect(inBoth('1 00 00 000')).toEqual(['10000000', '10000000']);
    expect(readQuantity('1,00,000', en)).toEqual({ quantity: parseDecimal('100000'), unlike: undefined });
  });
  it('is what stood on a page of the other language, unless it is a number of this one too', () => {
    fc.assert(
      fc.property(quantities, tags, (quantity, tag) => {
        const [text, other] = tag === 'en' ? [en, de] : [de, en];
        const pasted = grouped(quantity, other.numbers);
        // Only a single mark can be of both languages; then it is this one's.
        const isTwofold =
          /^[1-9]\d{0,2}[.,]\d{3}$/.test(pasted) ||
          (pasted.match(/[.,]/g)?.length === 1 && pasted.includes(text.numbers.point));
        if (isTwofold) expect(read(pasted, text)).not.toMatch(/[a-z]/i);
        else expect(read(pasted, text)).toBe(quantity);
      }),
    );
  });
  it('is read where only one meaning makes sense, also pasted from the other language', () => {
    expect(inBoth('1,234.5')).toEqual(['1234.5', '1234.5']);
    expect(inBoth('1.234,5')).toEqual(['1234.5', '1234.5']);
    expect(inBoth('0.5')).toEqual(['0.5', '0.5']);
    expect(inBoth('0,500')).toEqual(['0.5', '0.5']);
    expect(inBoth('1.5000')).toEqual(['1.5', '1.5']);
    expect(inBoth('1,234,567')).toEqual(['1234567', '1234567']);
    expect(inBoth("12'345.5")).toEqual(['12345.5', '12345.5']);
    expect(inBoth(' +1 234,5\u200e ')).toEqual(['1234.5', '1234.5']);
    expect(inBoth('.5')).toEqual(['0.5', '0.5']);
    expect(inBoth('5.')).toEqual(['5', '5']);
    expect(inBoth('1.50')).toEqual(['1.5', '1.5']);
    expect(inBoth('0.000000000000000001')).toEqual(['0.000000000000000001', '0.000000000000000001']);
  });
  it('says what it is not, where somebody may have meant that', () => {
    expect(readQuantity('12.000', de)).toEqual({ quantity: parseDecimal('12000'), unlike: '12' });
    expect(readQuantity('1,234', en)).toEqual({ quantity: parseDecimal('1234'), unlike: '1.234' });
    for (const [typed, text] of [
      ['1.234', en],
      ['12.345.678', de],
      ['1.234,50', de],
      ['1 234', de],
    ] as const)
      expect([typed, readQuantity(typed, text)]).toEqual([typed, expect.objectContaining({ unlike: undefined })]);
  });
  it('is refused with both meanings where nothing says which', () => {
    expect(read('1 234.567', de)).toBe(de.quantityUnclear('1 234.567', '1.234.567', '1.234,567'));
    expect(read('1 234,567', en)).toBe(en.quantityUnclear('1 234,567', '1,234,567', '1,234.567'));
  });
  it('is refused with the reason', () => {
    expect(inBoth('')).toEqual([en.quantityMissing, de.quantityMissing]);
    for (const typed of [
      '1e3',
      '1.2.3',
      '12,34,56',
      '1,00,00,00',
      '123,45,678',
      '0,12,345',
      '1,00.000',
      '12.05.2026',
      '1,2,3',
      '1  234',
      '1 5',
      '0,123,456',
      '1..5',
      '.',
      '1.234,567,8',
      '12 BTC',
      '٣',
      '9'.repeat(300),
    ])
      expect([typed, ...inBoth(typed)]).toEqual([typed, en.quantityShape, de.quantityShape]);
    for (const typed of ['0.0', '-1', '−0,5']) expect(inBoth(typed)).toEqual([en.quantityZero, de.quantityZero]);
    expect(read('1.0000000000000000001')).toBe(en.quantityFraction);
    expect(read('123456789012345678901')).toBe(en.quantityIntegers);
    expect(readQuantity('10.1', en, { most: of('10') }).fault).toBe('You hold 10 BTC.');
    expect(readQuantity('20.000', de, { most: of('12000') }).fault).toBe('Du hast 12.000 BTC.');
  });
});

describe('while a quantity is typed', () => {
  const said = (typed: string, text = en) =>
    faultWhileTyped(readQuantity(typed, text, { most: of('6000'), onto: parseDecimal('1') }));
  it.each([
    ['more than there is', '6000.01', 'You hold 6,000 BTC.'],
    ['more than 18 decimals', `0.${'0'.repeat(18)}1`, en.quantityFraction],
    ['more than 20 digits before the point', '1'.repeat(21), en.quantityIntegers],
    ['less than nothing', '-5', en.quantityZero],
    ['less than nothing, with the minus of a keyboard of its own', '−0.5', en.quantityZero],
    ['letters', '12x', en.quantityShape],
    ['a power of ten', '1e400', en.quantityShape],
    ['two points', '1.5.5', en.quantityShape],
    ['60 digits', '1'.repeat(60), en.quantityIntegers],
  ])('%s is said to be wrong at once', (_, typed, words) => {
    expect(said(typed)).toBe(words);
  });
  it('nothing is said of what is only begun, in either language', () => {
    const amounts = { en: '5,432.10', de: '5.432,10' };
    for (const [tag, amount] of Object.entries(amounts) as ['en' | 'de', string][])
      for (let length = 0; length <= amount.length; length++)
        expect([amount.slice(0, length), said(amount.slice(0, length), languages[tag])]).toEqual([
          amount.slice(0, length),
          undefined,
        ]);
    for (const begun of ['', ' ', '0', '0.', '0.000', '.', '+', '5 4', '0.5'])
      expect([begun, said(begun)]).toEqual([begun, undefined]);
  });
});
