import { grouped } from '@tickfolio/lib/look/amount';
import { add, compare, type Decimal, formatDecimal, parseDecimal, quantityBounds } from '@tickfolio/lib/money';
import { faultWordsOf } from '../../text/faults/fault-words.js';
import type { QuantityWords } from '../../text/quantity/use-quantity-text.js';
import { readNumber } from '../../text/read-number.js';

/** What was typed, or what is wrong with it. */
export type QuantityInput =
  | {
      readonly quantity: Decimal;
      /** What the same text would mean with its marks the other way round, where one could think so. */
      readonly unlike: string | undefined;
      readonly fault?: undefined;
      readonly isBegun?: undefined;
    }
  | {
      readonly fault: string;
      /** Whether it is the beginning of something, in which nothing is wrong yet. */
      readonly isBegun?: boolean;
      readonly quantity?: undefined;
    };

/** What is wrong with it while it is typed still: what is only begun is not. */
export const faultWhileTyped = (read: QuantityInput): string | undefined => (read.isBegun ? undefined : read.fault);

const { maxIntegerDigits, maxFractionDigits } = quantityBounds;

export interface QuantityRoom {
  /** What there is to take from, and of which coin. */
  readonly most?: { readonly quantity: Decimal; readonly base: string };
  /** What is held already, where it is added to. */
  readonly onto?: Decimal;
}

/** What is refused by who keeps it. */
const isTooLarge = (quantity: Decimal): boolean =>
  (formatDecimal(quantity).split('.')[0]?.length ?? 0) > maxIntegerDigits;

/** What was read, unless there is no room for it. */
export const inRoom = (read: QuantityInput, text: QuantityWords, { most, onto }: QuantityRoom): QuantityInput => {
  if (!read.quantity) return read;
  if (most && compare(read.quantity, most.quantity) > 0)
    return { fault: text.quantityTooMuch(`${grouped(formatDecimal(most.quantity), text.numbers)} ${most.base}`) };
  return onto && isTooLarge(add(onto, read.quantity)) ? { fault: faultWordsOf(text).quantitySum } : read;
};

/** So many digits more end any group that was begun. */
const moreDigits = ['0', '00', '000'];
const isBegun = (typed: string, { numbers }: QuantityWords): boolean =>
  moreDigits.some((more) => readNumber(typed + more, numbers).kind === 'number');
const belowZero = /^[-−–]\s*[\d.,]/;

/** Reads a quantity as people type it or paste it. */
export const readQuantity = (typed: string, text: QuantityWords, room: QuantityRoom = {}): QuantityInput => {
  const said = typed.trim();
  if (said === '') return { fault: text.quantityMissing, isBegun: true };
  if (belowZero.test(said)) return { fault: text.quantityZero };
  const reading = readNumber(typed, text.numbers);
  const shown = (number: string) => grouped(number, text.numbers);
  if (reading.kind === 'none') return { fault: faultWordsOf(text).quantityShape, isBegun: isBegun(said, text) };
  if (reading.kind === 'unclear')
    return { fault: text.quantityUnclear(said, shown(reading.meanings[0]), shown(reading.meanings[1])) };
  const [whole = '', fraction = ''] = reading.number.split('.');
  if (whole.length > maxIntegerDigits) return { fault: text.quantityIntegers };
  if (fraction.length > maxFractionDigits) return { fault: text.quantityFraction };
  const quantity = parseDecimal(reading.number);
  if (quantity.units === 0n) return { fault: text.quantityZero, isBegun: true };
  return inRoom({ quantity, unlike: reading.unlike }, text, room);
};
