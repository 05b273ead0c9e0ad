import { compare, type Decimal, parseDecimal } from '@tickfolio/lib/money';
import { grouped } from '../text/amount.js';
import type { Messages } from '../text/messages-en.js';

const maxIntegerDigits = 20;
const maxFractionDigits = 18;

/** What was typed, or what is wrong with it. */
export type QuantityInput =
  | { readonly quantity: Decimal; readonly fault?: undefined }
  | { readonly fault: string; readonly quantity?: undefined };

/** Reads a quantity as people type it: blanks between groups are allowed, and the comma where the language has it. */
export const readQuantity = (typed: string, text: Messages, most?: Decimal): QuantityInput => {
  const bare = typed.replace(/[\s\u00a0\u202f]/g, '');
  const plain = text.numbers.point === ',' ? bare.replace(',', '.') : bare;
  if (plain === '') return { fault: text.quantityMissing };
  const match = /^\+?(\d+\.?\d*|\.\d+)$/.exec(plain);
  if (!match) return { fault: text.quantityShape };
  const [whole = '', fraction = ''] = (match[1] ?? '').split('.');
  if (whole.replace(/^0+/, '').length > maxIntegerDigits) return { fault: text.quantityIntegers };
  if (fraction.replace(/0+$/, '').length > maxFractionDigits) return { fault: text.quantityFraction };
  const quantity = parseDecimal(fraction ? `${whole || '0'}.${fraction}` : whole);
  if (quantity.units === 0n) return { fault: text.quantityZero };
  if (most && compare(quantity, most) > 0) return { fault: text.quantityTooMuch(grouped(mostText(most), text.numbers)) };
  return { quantity };
};

const mostText = ({ units, scale }: Decimal): string => {
  const digits = units.toString().padStart(scale + 1, '0');
  return scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
};
