import { AppError } from '@tickfolio/lib/errors';
import { add, compare, type Decimal, isZero, parseDecimal, quantityBounds, zero } from '@tickfolio/lib/money';
import { booksRefusal } from './refusal.js';

/** The least that no balance can be: one more digit before the point than are kept. */
const limit: Decimal = { units: 10n ** BigInt(quantityBounds.maxIntegerDigits), scale: 0 };

/** Whether that much cannot be kept. */
export const isTooLarge = (amount: Decimal): boolean => compare(amount, limit) >= 0;
export const isNegative = (amount: Decimal): boolean => amount.units < 0n;
export const isLess = (a: Decimal, b: Decimal): boolean => compare(a, b) < 0;
export const least = (a: Decimal, b: Decimal): Decimal => (isLess(b, a) ? b : a);
export const sumOf = (amounts: readonly Decimal[]): Decimal => amounts.reduce(add, zero);

const readAny = (text: string, field: string): Decimal => {
  try {
    return parseDecimal(text, quantityBounds);
  } catch (err) {
    const message = err instanceof AppError ? err.message : String(err);
    throw booksRefusal('invalid_argument', field, 'quantity-shape', `The quantity is not valid. ${message}`);
  }
};

/** @throws AppError invalid_argument for what is no decimal, has too many digits, or is zero */
export const readChange = (text: string, field: string): Decimal => {
  const amount = readAny(text, field);
  if (!isZero(amount)) return amount;
  throw booksRefusal(
    'invalid_argument',
    field,
    'quantity-shape',
    'The quantity is not valid. Zero changes nothing; send a positive amount to add or a negative one to take away.',
  );
};

/** @throws AppError invalid_argument for what is no decimal above zero, or has too many digits */
export const readPositive = (text: string, field: string): Decimal => {
  const amount = readAny(text, field);
  if (amount.units > 0n) return amount;
  throw booksRefusal('invalid_argument', field, 'quantity-shape', 'The quantity must be above zero.');
};

/** @throws AppError invalid_argument for what is no decimal from zero on, or has too many digits */
const readFromZero = (text: string, field: string, otherwise: string): Decimal => {
  const amount = readAny(text, field);
  if (!isNegative(amount)) return amount;
  throw booksRefusal('invalid_argument', field, 'quantity-shape', otherwise);
};
/** @throws AppError as `readFromZero` */
export const readFee = (text: string, field: string): Decimal => readFromZero(text, field, 'A fee is not below zero.');
export const readHeld = (text: string, field: string): Decimal =>
  readFromZero(text, field, 'What is held is not below zero.');
