import { grouped, rounded } from '@tickfolio/lib/look/amount';
import { type Decimal, formatDecimal, multiply } from '@tickfolio/lib/money';
import type { QuantityWords } from '../../text/quantity/use-quantity-text.js';
import { readAmount, type Unit } from './amount.js';
import type { QuantityInput, QuantityRoom } from './quantity.js';

interface Words {
  readonly typed: string;
  readonly unit: Unit;
}

/** What stands in the field, and how it came there. */
export interface SaidAmount extends Words {
  /** In USDT, of when it was said: it stays the same quantity while prices move, and so its every try. */
  readonly price: Decimal | undefined;
  /** What was typed before it was said in the other unit. */
  readonly before?: (Words & { readonly isSame: boolean }) | undefined;
}

/** A quantity that is shown in cents stays what it is; what the cents would buy is a little more or less. */
const meantBy = ({ typed, unit, before }: SaidAmount): Words =>
  before?.isSame && before.unit === 'coin' ? before : { typed, unit };

/** What is typed anew. @param price of now; where there is none any more, USDT stay USDT at the last one */
export const saidAnew = (before: SaidAmount, typed: string, unit: Unit, price = before.price): SaidAmount => ({
  typed,
  unit,
  price,
});

/** The quantity that is meant, and the unit in which it was said first. */
export const readSaid = (
  said: SaidAmount,
  text: QuantityWords,
  room: QuantityRoom,
): QuantityInput & { readonly unit: Unit } => {
  const { typed, unit } = meantBy(said);
  return { ...readAmount(typed, text, { unit, price: said.price, room }), unit };
};

/**
 * The same in the other unit, as far as something was said; asked back, what stood there before.
 * @param quantity that is meant; undefined where that is none
 */
export const saidOtherwise = (
  { typed, unit, before }: SaidAmount,
  quantity: Decimal | undefined,
  price: Decimal | undefined,
  text: QuantityWords,
): SaidAmount => {
  const next: Unit = unit === 'coin' ? 'usdt' : 'coin';
  if (before) return { typed: before.typed, unit: next, price };
  const isSame = quantity !== undefined && price !== undefined;
  const same = isSame && (next === 'coin' ? formatDecimal(quantity) : rounded(multiply(quantity, price), 2));
  return {
    typed: same ? grouped(same, text.numbers) : typed,
    unit: next,
    price,
    before: { typed, unit, isSame },
  };
};
