import type { FieldError } from '@tickfolio/lib/errors';
import { dictionary } from '@zxcvbn-ts/language-common';

const shortest = 8;
const count = 10_000;
const productName = 'tickfolio';

/** The list that zxcvbn goes by, of passwords found in leaks, the commonest first, in lower case. 10 000 of 49 233, some 1 MB. */
const common: ReadonlySet<string> = new Set(dictionary['passwords-common'].filter(({ length }) => length >= shortest).slice(0, count));

/** Digits, signs and blanks. */
const noLetters = /^[\p{N}\p{P}\p{S}\p{Z}]*$/u;

/**
 * What is wrong with a new password that is long enough and yet guessed in the first thousand tries, as NIST SP 800-63B would have it:
 * one of the commonest, one character over and over, or the user's or the product's name with nothing but digits and signs.
 * @param password in the form in which it is hashed
 * @param nameKey what the user's name is compared by
 */
export const weakness = (password: string, nameKey: string): FieldError | undefined => {
  const text = password.toLowerCase();
  if (common.has(text) || new Set(text).size === 1)
    return { field: 'password', message: 'is one of those that are guessed first; choose another', reason: 'password-common' };
  const rest = text.replaceAll(nameKey, '').replaceAll(productName, '');
  if (rest !== text && noLetters.test(rest))
    return {
      field: 'password',
      message: `must be more than your name or "${productName}", digits and signs`,
      reason: 'password-like-name',
    };
  return undefined;
};
