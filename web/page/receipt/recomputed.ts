import type { PortfolioReceipt, Receipt } from '@tickfolio/api/receipt';
import { add, compare, type Decimal, multiply, zero } from '@tickfolio/lib/money';
import { exact } from '../text/exact.js';

/** Of the default portfolio, or of any one: then with what of it is USDT. */
export type AnyReceipt = Receipt & Partial<Pick<PortfolioReceipt, 'usdt'>>;

export type ReceiptRow = Receipt['rows'][number];

/** A row of a receipt, and its total as it is computed here. */
export interface Line {
  readonly row: ReceiptRow;
  /** Undefined while a price is missing. */
  readonly total: Decimal | undefined;
  /** Whether the server says the same. */
  readonly isEqual: boolean;
}

export interface Recomputed {
  readonly lines: readonly Line[];
  /** The sum as it is computed here. */
  readonly total: Decimal;
  /** Whether the server says the same of it and of every row. */
  readonly isEqual: boolean;
}

const totalOf = ({ quantity, price, conversion }: ReceiptRow): Decimal | undefined => {
  if (!price || (conversion && !conversion.price)) return undefined;
  const value = multiply(exact(quantity), exact(price.price));
  return conversion?.price ? multiply(value, exact(conversion.price.price)) : value;
};

const isSaid = (said: string | null, computed: Decimal | undefined): boolean =>
  said === null || computed === undefined
    ? said === null && computed === undefined
    : compare(exact(said), computed) === 0;

/** Computes a receipt again from its quantities and prices alone. @throws AppError for what is no decimal */
export const recomputed = ({
  rows,
  total: said,
  usdt = '0',
}: Pick<AnyReceipt, 'rows' | 'total' | 'usdt'>): Recomputed => {
  const lines = rows.map((row): Line => {
    const total = totalOf(row);
    return { row, total, isEqual: isSaid(row.total, total) };
  });
  const total = lines.reduce((sum, line) => add(sum, line.total ?? zero), exact(usdt));
  return { lines, total, isEqual: isSaid(said, total) && lines.every(({ isEqual }) => isEqual) };
};
