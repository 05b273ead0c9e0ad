import { type Decimal, parseDecimal } from '@tickfolio/lib/money';

/** A total has the digits of a quantity and of two prices. */
const totalBounds = { maxIntegerDigits: 100, maxFractionDigits: 80 };

/** Reads any amount the server sends. @throws AppError for what is no decimal */
export const exact = (text: string): Decimal => parseDecimal(text, totalBounds);
