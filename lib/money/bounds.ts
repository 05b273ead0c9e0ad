/** How many digits a decimal text may have on each side of its point. */
export interface DecimalBounds {
  readonly maxIntegerDigits: number;
  readonly maxFractionDigits: number;
}

/** What the product keeps of a quantity; more digits are refused, never rounded (contract). */
export const quantityBounds: DecimalBounds = { maxIntegerDigits: 20, maxFractionDigits: 18 };

/**
 * What an exchange may write as one price or one quantity. Binance itself writes 8 decimals and at most 13 digits
 * before the point; 18 decimals are what the smallest units of tokens have.
 */
export const amountBounds: DecimalBounds = { maxIntegerDigits: 20, maxFractionDigits: 18 };

/** Room for a price times a quantity, and for a sum of 100,000,000 of them: whatever is computed of market amounts. */
export const marketBounds: DecimalBounds = { maxIntegerDigits: 48, maxFractionDigits: 36 };

/** Twice the bounds is room for harmless zeros; past it a text is not worth scanning. */
export const maxTextLength = ({ maxIntegerDigits, maxFractionDigits }: DecimalBounds): number =>
  2 * (maxIntegerDigits + maxFractionDigits) + 2;
