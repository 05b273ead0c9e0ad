import type { FieldError } from '@tickfolio/lib/errors';
import { dictionary } from '@zxcvbn-ts/language-common';
import { dictionary as german } from '@zxcvbn-ts/language-de';

const shortest = 8;
const count = 10_000;
const productName = 'tickfolio';

/**
 * The list that zxcvbn goes by, of passwords found in leaks, the commonest first, in lower case. 10 000 of 49 233, some
 * 1 MB.
 */
const common: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter(({ length }) => length >= shortest).slice(0, count),
);

/** What a row of letters on a keyboard has, English and German. */
const keyboardRows = ['qwertyuiop', 'qwertzuiopü', 'asdfghjklöä', 'zxcvbnm', 'yxcvbnm'];
const shortestWord = 4;
/** In code units: 128 characters of two each. A few compatibility characters are hashed as more, and are no words. */
const longestLooked = 256;
/** So few characters over and over are no more than those few. */
const longestDrum = 3;
/**
 * What people put a few digits behind: words of leaked passwords, of any length, and the German words and first names
 * that everybody knows. Some 21 000; with the German lists 4 MB and, once at the start, a few hundredths of a second.
 */
const words: ReadonlySet<string> = new Set([
  ...dictionary['passwords-common'].slice(0, count).filter((word) => word.length >= shortestWord),
  ...[...german.commonWords, ...german.firstnames].filter((word) => word.length >= shortestWord),
]);
/**
 * One word with a sign, up to four digits or the beginning of 123456789, and two signs behind it, each of them or none.
 */
const wordAndDigits = /^(\p{L}+)[\p{P}\p{S}]?(?:\p{N}{0,4}|123456?7?8?9?)[\p{P}\p{S}]{0,2}$/u;

/** What is said once or over and over: `sommer` of `sommersommer`. */
const unitOf = (text: string): string => text.slice(0, (text + text).indexOf(text, 1));

const isWordAndDigits = (text: string): boolean => {
  const word = unitOf(wordAndDigits.exec(text)?.[1] ?? '');
  return words.has(word) || (word.length >= shortestWord && keyboardRows.some((row) => row.includes(word)));
};

/** Digits and signs that people write for letters; 1 stands for two of them. */
const writtenFor: Readonly<Record<string, string>> = {
  '@': 'a',
  4: 'a',
  8: 'b',
  3: 'e',
  0: 'o',
  $: 's',
  5: 's',
  7: 't',
  '!': 'i',
};
const withLetters = (text: string, one: string): string =>
  text.replace(/[@483015$7!]/g, (sign) => writtenFor[sign] ?? one);
/** Not those behind the last letter, which are a year or a number more often. */
const lettersFor = (text: string): string[] => {
  const [, head = '', tail = ''] = /^(.*\p{L})(\P{L}*)$/su.exec(text) ?? [];
  return ['i', 'l'].flatMap((one) => [withLetters(head, one) + tail, withLetters(text, one)]);
};

/**
 * The ways in which guessers write each word of their lists: forwards and backwards, with digits for letters, over and
 * over.
 */
const spellingsOf = (text: string): string[] =>
  [text, [...text].reverse().join('')].flatMap((way) => [way, ...lettersFor(way)]).flatMap((way) => [way, unitOf(way)]);

const isGuessedFirst = (text: string): boolean => {
  if (text.length > longestLooked) return false;
  if ([...unitOf(text)].length <= longestDrum) return true;
  return spellingsOf(text).some((way) => common.has(way) || isWordAndDigits(way));
};

const guessedFirst: FieldError = {
  field: 'password',
  message: 'is one of those that are guessed first; choose another',
  reason: 'password-common',
};

/** Digits, signs and blanks. */
const noLetters = /^[\p{N}\p{P}\p{S}\p{Z}]*$/u;

/**
 * What is wrong with a new password that is long enough and yet guessed in the first tries, as NIST SP 800-63B would
 * have it: one of the commonest, a common word with a few digits, either of them backwards, doubled or with digits for
 * letters, a few characters over and over, or the user's or the product's name with nothing but digits and signs.
 * @param password in the form in which it is hashed
 * @param nameKey what the user's name is compared by
 */
export const weakness = (password: string, nameKey: string): FieldError | undefined => {
  const text = password.toLowerCase();
  const rest = text.replaceAll(nameKey, '').replaceAll(productName, '');
  if (rest !== text && noLetters.test(rest))
    return {
      field: 'password',
      message: `must be more than your name or "${productName}", digits and signs`,
      reason: 'password-like-name',
    };
  return isGuessedFirst(text) ? guessedFirst : undefined;
};
