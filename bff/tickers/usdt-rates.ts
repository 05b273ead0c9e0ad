import { type Decimal, divide, isZero, parseDecimal } from '@tickfolio/lib/money';
import type { TickerBoard } from './ticker-board.js';

const one = parseDecimal('1');
/** Of an inverse rate, which is for volumes and no money of anybody. */
const inverseDecimals = 12;

/**
 * What one of an asset costs in USDT: by the market of the two in either direction. Undefined where there is none.
 * @param quote in either case
 */
export const usdtRate = (board: Pick<TickerBoard, 'of'>, quote: string): Decimal | undefined => {
  const asset = quote.toLowerCase();
  if (asset === 'usdt') return one;
  const direct = board.of(`${asset}usdt`);
  if (direct) return parseDecimal(direct.close);
  const inverse = board.of(`usdt${asset}`);
  const price = inverse && parseDecimal(inverse.close);
  return price && !isZero(price) ? divide(one, price, inverseDecimals) : undefined;
};
