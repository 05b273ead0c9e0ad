import { type Decimal, formatDecimal } from '@tickfolio/lib/money';
import type { OrderField, Refusal } from '../rules/refusal.js';

const exchangeCode = -1013;

/** A filter that an order breaks, with its bound and the nearest that is allowed. */
export const broken = (
  reason: string,
  field: OrderField,
  words: string,
  { bound, nearest }: { readonly bound?: Decimal; readonly nearest?: Decimal | undefined } = {},
): Refusal => ({
  ...{ reason, field, exchangeCode },
  message: words,
  ...(bound ? { bound: formatDecimal(bound) } : {}),
  ...(nearest ? { nearest: formatDecimal(nearest) } : {}),
});
