import { compare, type Decimal, divide, formatDecimal, multiply, parseDecimal, subtract } from '@tickfolio/lib/money';
import type { QuantityWords } from '../../text/quantity/use-quantity-text.js';
import { inRoom, type QuantityInput, type QuantityRoom, readQuantity } from './quantity.js';

/** What a quantity is said in: pieces of the coin, or what they are worth. */
export type Unit = 'coin' | 'usdt';

/** Decimals of a quantity that somebody said in USDT: those that exchanges trade in. */
const quantityScale = 8;
const smallest = parseDecimal('0.00000001');

/** The largest quantity with 8 decimals that is worth no more than an amount. @param price not zero */
export const quantityFor = (usdt: Decimal, price: Decimal): Decimal => {
  const nearest = divide(usdt, price, quantityScale);
  return compare(multiply(nearest, price), usdt) > 0 ? subtract(nearest, smallest) : nearest;
};

/** Reads a quantity, or an amount of USDT as the quantity that it is at a price. */
export const readAmount = (
  typed: string,
  text: QuantityWords,
  { unit, price, room }: { readonly unit: Unit; readonly price: Decimal | undefined; readonly room: QuantityRoom },
): QuantityInput => {
  if (unit === 'coin' || !price || price.units === 0n) return readQuantity(typed, text, room);
  const amount = readQuantity(typed, text);
  if (!amount.quantity) return amount;
  const quantity = quantityFor(amount.quantity, price);
  if (quantity.units === 0n) return { fault: text.amountTooSmall };
  return inRoom({ quantity, unlike: amount.unlike }, text, room);
};

const hundred = parseDecimal('100');
/** More are not kept. */
const maxScale = 18;

/** So many of a hundred parts of what is held, as far as decimals are kept; all of it is all of it. */
export const partOf = (held: string, percent: number): string => {
  const whole = parseDecimal(held);
  const part = divide(multiply(whole, { units: BigInt(percent), scale: 0 }), hundred, maxScale);
  return formatDecimal(part);
};
