import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../money/money.js';
import {
  cardMoney,
  grouped,
  money,
  padded,
  percent,
  rounded,
  share,
  shortened,
  shortQuantity,
  signed,
} from './amount.js';

const style = { group: ',', point: '.' };
const en = { numbers: style, sizes: ['K', 'M', 'B', 'T'] };
const de = { numbers: { group: '.', point: ',' }, sizes: ['Tsd.', 'Mio.', 'Mrd.', 'Bio.'] };

describe('amounts', () => {
  it('keep every digit where they are grouped', () => {
    expect(grouped('12345678901234567890.123456789012345678', style)).toBe(
      '12,345,678,901,234,567,890.123456789012345678',
    );
    expect(grouped('-1234.5', de.numbers)).toBe('−1.234,5');
    expect(grouped('0', style)).toBe('0');
  });
  it('have as many decimals as the step of their market, and never fewer than there are', () => {
    expect(['68123.4', '68123', '68123.45', '68123.456'].map((text) => padded(text, 2))).toEqual([
      '68123.40',
      '68123.00',
      '68123.45',
      '68123.456',
    ]);
    expect(['5', '5.5'].map((text) => padded(text, 0))).toEqual(['5', '5.5']);
  });
  it('of what is held end after 8 decimals where there are more, and say so', () => {
    const quantities = [
      '1.5',
      '12000.12345678',
      '12000.123456789',
      '0.000000019',
      '0.000000001',
      '3.000000000000000001',
    ];
    expect(quantities.map((text) => shortQuantity(text, style))).toEqual([
      '1.5',
      '12,000.12345678',
      '12,000.12345678…',
      '0.00000001…',
      '<0.00000001',
      '3.00000000…',
    ]);
    expect(shortQuantity('0.000000001', de.numbers)).toBe('<0,00000001');
  });
  it('are rounded half away from zero, in exact arithmetic', () => {
    expect(rounded(parseDecimal('0.005'), 2)).toBe('0.01');
    expect(rounded(parseDecimal('-0.005'), 2)).toBe('-0.01');
    expect(rounded(parseDecimal('99999999999999999999.994999999999999999'), 2)).toBe('99999999999999999999.99');
    expect(rounded(parseDecimal('2.5'), 0)).toBe('3');
  });
  it('are rounded as a decimal library rounds them, and grouping takes no digit away', () => {
    const Exact = Decimal.clone({ precision: 200, toExpNeg: -200, toExpPos: 200 });
    const text = fc
      .tuple(fc.constantFrom('', '-'), fc.stringMatching(/^[0-9]{1,30}$/), fc.stringMatching(/^[0-9]{0,30}$/))
      .map(([sign, whole, fraction]) => `${sign}${fraction ? `${whole}.${fraction}` : whole}`);
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 20 }), (given, decimals) => {
        const value = parseDecimal(given);
        expect(rounded(value, decimals)).toBe(
          new Exact(given).toFixed(decimals, Decimal.ROUND_HALF_UP).replace(/^-(?=[0.]+$)/, ''),
        );
        expect(grouped(given, style).replaceAll(',', '').replace('−', '-')).toBe(given);
        expect(money(value, style).replaceAll(',', '')).not.toMatch(/e|NaN/);
      }),
    );
  });
  it('show tiny values with the digits that tell them apart', () => {
    const shown = ['1234.5', '0.5', '0.01641', '0.016412', '0.00001234', '0.0000018541', '0'];
    expect(shown.map((text) => money(parseDecimal(text), style))).toEqual([
      '1,234.50',
      '0.50',
      '0.01641',
      '0.01641',
      '0.00001234',
      '0.000001854',
      '0.00',
    ]);
  });
  it('never show something as nothing', () => {
    expect(
      ['0.000000001', '0.0000000000001', '-0.0000000000001'].map((text) => money(parseDecimal(text), style)),
    ).toEqual(['0.000000001', '<0.000000000001', '<0.000000000001']);
    expect(money(parseDecimal('0.004'), de.numbers, parseDecimal('100'))).toBe('<0,01');
    expect(percent(parseDecimal('1'), parseDecimal('100000'), style)).toBe('<0.1 %');
    expect(percent(parseDecimal('0'), parseDecimal('100000'), style)).toBe('0.0 %');
  });
  it('are shortened to three digits where they are large, never to a thousand of something', () => {
    const short = (text: string, { numbers, sizes } = en) => shortened(parseDecimal(text), numbers, sizes);
    expect(['0', '0.0123', '1.005', '12.345', '999.4', '999.5', '12408.51302'].map((text) => short(text))).toEqual([
      '0.00',
      '0.0123',
      '1.01',
      '12.3',
      '999',
      '1.00 K',
      '12.4 K',
    ]);
    expect(['845999999.99', '999499999.99', '999500000', '9123456789012345.67'].map((text) => short(text))).toEqual([
      '846 M',
      '999 M',
      '1.00 B',
      '9,123 T',
    ]);
    expect(short('12408.51302', de)).toBe('12,4 Tsd.');
  });
  it('have three digits in a card from 10 million on, also where they are lost', () => {
    const card = (text: string, { numbers, sizes } = en) => cardMoney(parseDecimal(text), numbers, sizes);
    expect(['9999999.99', '10000000', '12345678.9', '-12345678.9', '-0.5'].map((text) => card(text))).toEqual([
      '9,999,999.99',
      '10.0 M',
      '12.3 M',
      '−12.3 M',
      '−0.50',
    ]);
    expect(card('680075142856.4', de)).toBe('680 Mrd.');
  });
  it('are never shown as all of something while anything of it is elsewhere', () => {
    const of = (part: string, { numbers } = en) => share(parseDecimal(part), parseDecimal('100000'), numbers);
    expect(['100000', '99999.999', '99950', '99949.9', '0.001'].map((part) => of(part))).toEqual([
      '100.0 %',
      '>99.9 %',
      '>99.9 %',
      '99.9 %',
      '<0.1 %',
    ]);
    expect(of('99999', de)).toBe('>99,9 %');
  });
  it('are shares of a whole, and nothing of nothing', () => {
    expect(percent(parseDecimal('1'), parseDecimal('3'), style)).toBe('33.3 %');
    expect(percent(parseDecimal('1'), parseDecimal('0'), style)).toBeUndefined();
    expect(['1.00', '−1.00', '0.00'].map(signed)).toEqual(['+1.00', '−1.00', '0.00']);
  });
});
