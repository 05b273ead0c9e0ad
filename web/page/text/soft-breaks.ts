import type { NumberStyle } from '@tickfolio/lib/look/amount';

/** A stretch of a text. A blank is always a place where a line may end, save before a percent sign. */
export interface Piece {
  readonly text: string;
  /** Whether a line may end before it though there is no blank. */
  readonly isBreak: boolean;
  /** Whole: never torn. Long: only where no line has room for it. Words: at blanks. */
  readonly kind: 'whole' | 'long' | 'words';
}

/** What is no longer has room in every line. */
const shortLength = 9;

const escaped = (mark: string) => mark.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** With its sign, and what stands behind it: that there is more, or the percent sign. */
const numbers = /([<>+−]*\d[\d.,]*…?(?: %)?)/;
const isPercent = (text: string): boolean => text.endsWith(' %');
const isLong = (text: string): boolean => text.length > shortLength && !isPercent(text);

const piecesOfNumber = (number: string, { group }: NumberStyle): Piece[] => {
  const afterGroup = new RegExp(`(?<=\\d${escaped(group)})(?=\\d{3}(?!\\d))`);
  return number.split(afterGroup).map((text, at) => ({ text, isBreak: at > 0, kind: isLong(text) ? 'long' : 'whole' }));
};

/**
 * Where a text with long numbers may go on in the next line: behind the marks of groups, never inside of one, and never
 * between a number and its sign or its percent sign.
 * @returns nothing where no number is long
 */
export const softBreaks = (text: string, style: NumberStyle): readonly Piece[] => {
  if (text.length <= shortLength && !isPercent(text)) return [];
  // A number has an odd place.
  const parts = text.split(numbers);
  if (!parts.some((part, at) => at % 2 === 1 && (isLong(part) || isPercent(part)))) return [];
  return parts.flatMap((part, at): Piece[] => {
    if (at % 2 === 1) return piecesOfNumber(part, style);
    return part === '' ? [] : [{ text: part, isBreak: false, kind: 'words' }];
  });
};
