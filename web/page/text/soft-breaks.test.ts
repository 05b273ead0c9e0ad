import { grouped } from '@tickfolio/lib/look/amount';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { de } from './messages-de.js';
import { en } from './messages-en.js';
import { de as deQuantity } from './quantity/de.js';
import { en as enQuantity } from './quantity/en.js';
import { softBreaks } from './soft-breaks.js';

/** As it is parted: `|` where a line may end. */
const parted = (text: string, { numbers } = en) =>
  softBreaks(text, numbers)
    .map(({ text: piece, isBreak }) => `${isBreak ? '|' : ''}${piece}`)
    .join('');

describe('long figures', () => {
  it('go on in the next line between groups only, in both languages', () => {
    expect(parted('99,999,999,999.123456789 BTC')).toBe('99,|999,|999,|999.123456789 BTC');
    expect(parted('99.999.999.999,123456789 BTC', de)).toBe('99.|999.|999.|999,123456789 BTC');
    expect(parted('0.123456789012345678')).toBe('0.123456789012345678');
    expect(parted('1234.567.890', de)).toBe('1234.|567.|890');
  });
  it('keep sign, number and percent sign together', () => {
    expect(softBreaks('−100,00 %', de.numbers)).toMatchObject([{ text: '−100,00 %', isBreak: false }]);
    expect(softBreaks('+1.234.567,89 %', de.numbers).map(({ text }) => text)).toEqual(['+1.', '234.', '567,89 %']);
    expect(softBreaks('<0.1 %', en.numbers).map(({ text }) => text)).toEqual(['<0.1 %']);
  });
  it('are torn inside of a fraction only where no line has room for it', () => {
    expect(softBreaks('1,000.123456789012345678 BTC', en.numbers).map(({ kind }) => kind)).toEqual([
      'whole',
      'long',
      'words',
    ]);
  });
  it('leave what is short as it is, and times', () => {
    expect(
      ['68,123.45', '', 'BTC', 'Jan 27, 2026, 2:05:09 PM EST', 'A sentence, of 3 words.'].flatMap((text) =>
        softBreaks(text, en.numbers),
      ),
    ).toEqual([]);
  });
  it('are the same text in the end, also in a sentence', () => {
    const amount = fc.tuple(fc.stringMatching(/^[1-9][0-9]{0,29}$/), fc.stringMatching(/^[0-9]{0,30}$/));
    fc.assert(
      fc.property(
        amount,
        fc.constantFrom({ ...en, ...enQuantity }, { ...de, ...deQuantity }),
        ([whole, fraction], text) => {
          const number = grouped(fraction ? `${whole}.${fraction}` : whole, text.numbers);
          for (const said of [number, `+${number} %`, text.reduced(number, 'BTC'), text.quantityTooMuch(number)]) {
            const pieces = softBreaks(said, text.numbers);
            if (pieces.length > 0) expect(pieces.map(({ text: piece }) => piece).join('')).toBe(said);
          }
        },
      ),
    );
  });
});
