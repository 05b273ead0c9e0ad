/** A class for large digits: the more there are, the smaller they are, so that all of them are seen on a phone too. */
export const digitsSize = (digits: string): string =>
  digits.length > 24 ? 'longest' : digits.length > 16 ? 'longer' : digits.length > 12 ? 'long' : '';
