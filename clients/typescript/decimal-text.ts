declare const exact: unique symbol;

/**
 * An exact decimal as text, such as `68123.45`: never a number, which would round it. Hand it to a decimal library
 * (`new Decimal(text)`), or show it as it is.
 */
export type DecimalText = string & { readonly [exact]: true };

const shape = /^-?\d+(\.\d+)?$/;

/** @throws RangeError for what is no decimal text: an exponent, a sign `+`, a comma, a blank */
export const decimalText = (text: string): DecimalText => {
  if (typeof text !== 'string' || !shape.test(text))
    throw new RangeError(`Not a decimal text: ${JSON.stringify(text)}. Write it with digits and a point, as in "1.5".`);
  return text as DecimalText;
};
