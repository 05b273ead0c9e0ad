import type { FieldError } from '@tickfolio/lib/errors';
import { dictionary } from '@zxcvbn-ts/language-common';
import { dictionary as german } from '@zxcvbn-ts/language-de';

const shortest = 8;
const count = 10_000;
const productName = 'tickfolio';

/** The list that zxcvbn goes by, of passwords found in leaks, the commonest first, in lower case. 10 000 of 49 233, some 1 MB. */
const common: ReadonlySet<string> = new Set(dictionary['passwords-common'].filter(({ length }) => length >= shortest).slice(0, count));

/** What a row of letters on a keyboard has, English and German. */
const keyboardRows = ['qwertyuiop', 'qwertzuiopü', 'asdfghjklöä', 'zxcvbnm', 'yxcvbnm'];
const shortestWord = 4;
/**
 * What people put a few digits behind: words of leaked passwords, of any length, and the German words and first names that everybody
 * knows. Some 21 000; with the German lists 4 MB and, once at the start, a few hundredths of a second.
 */
const words: ReadonlySet<string> = new Set([
  ...dictionary['passwords-common'].slice(0, count).filter((word) => word.length >= shortestWord),
  ...[...german.commonWords, ...german.firstnames].filter((word) => word.length >= shortestWord),
]);
/** One word with a sign, up to four digits or the beginning of 123456789, and two signs behind it, each of them or none. */
const wordAndDigits = /^(\p{L}+)[\p{P}\p{S}]?(?:\p{N}{0,4}|123456?7?8?9?)[\p{P}\p{S}]{0,2}$/u;

const isWordAndDigits = (text: string): boolean => {
  const [, word = ''] = wordAndDigits.exec(text) ?? [];
  return words.has(word) || (word.length >= shortestWord && keyboardRows.some((row) => row.includes(word)));
};

const guessedFirst: FieldError = {
  field: 'password',
  message: 'is one of those that are guessed first; choose another',
  reason: 'password-common',
};

/** Digits, signs and blanks. */
const noLetters = /^[\p{N}\p{P}\p{S}\p{Z}]*$/u;

/**
 * What is wrong with a new password that is long enough and yet guessed in the first tries, as NIST SP 800-63B would have it: one of the
 * commonest, a common word with a few digits, one character over and over, or the user's or the product's name with nothing but digits and signs.
 * @param password in the form in which it is hashed
 * @param nameKey what the user's name is compared by
 */
export const weakness = (password: string, nameKey: string): FieldError | undefined => {
  const text = password.toLowerCase();
  if (common.has(text) || new Set(text).size === 1) return guessedFirst;
  const rest = text.replaceAll(nameKey, '').replaceAll(productName, '');
  if (rest !== text && noLetters.test(rest))
    return {
      field: 'password',
      message: `must be more than your name or "${productName}", digits and signs`,
      reason: 'password-like-name',
    };
  return isWordAndDigits(text) ? guessedFirst : undefined;
};
