import { amountBounds, type DecimalBounds, maxTextLength } from './bounds.js';

/** What a text of an exchange is: an amount and how it stands to zero, or why it is none. */
export type AmountKind = 'positive' | 'zero' | 'unreadable' | 'too many digits';

const zeroCode = 48;
const nineCode = 57;
const pointCode = 46;

/**
 * Judges a price, quantity or volume as exchanges write it: digits, and a point with digits on both sides; no sign.
 * Looks at each character once and makes nothing of it, because it is done for every trade. Zeros that say nothing do
 * not count as digits.
 * @param bounds default those of one price or quantity
 */
export const amountKind = (text: unknown, bounds: DecimalBounds = amountBounds): AmountKind => {
  if (typeof text !== 'string' || text === '') return 'unreadable';
  const { length } = text;
  if (length > maxTextLength(bounds)) return 'too many digits';
  let point = -1;
  /** Place of the first digit before the point, and of the last one after it, that is no zero. */
  let first = -1;
  let last = -1;
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code === pointCode) {
      if (point >= 0 || at === 0 || at === length - 1) return 'unreadable';
      point = at;
    } else if (code < zeroCode || code > nineCode) return 'unreadable';
    else if (code !== zeroCode) {
      if (point >= 0) last = at;
      else if (first < 0) first = at;
    }
  }
  const end = point < 0 ? length : point;
  if (first >= 0 && end - first > bounds.maxIntegerDigits) return 'too many digits';
  if (last >= 0 && last - point > bounds.maxFractionDigits) return 'too many digits';
  return first >= 0 || last >= 0 ? 'positive' : 'zero';
};

/** Whether this is a price: an amount above 0. A price of 0 is no price. */
export const isPrice = (text: unknown): text is string => amountKind(text) === 'positive';
