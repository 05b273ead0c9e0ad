/** Ten digits before the point and eight after it: what eighteen digits hold at scale 8. */
const exact = /^-?0*\d{1,10}(?:\.\d{1,8}0*)?$/;

/**
 * Whether a Decimal64(8) column keeps this decimal text exactly. ClickHouse itself refuses too many digits before the
 * point, but cuts off too many after it without a word, and takes an empty text for zero.
 */
export const fitsDecimal64 = (text: string): boolean => exact.test(text);
