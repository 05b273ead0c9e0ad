import { AppError, type FieldError } from '@tickfolio/lib/errors';
import { readAsset } from '../postings/names.js';
import { costMethods } from '../schema.js';
import type { CostMethod } from './portfolio.js';

/** What a user says of a portfolio. Undefined is what is not said. */
export interface PortfolioData {
  readonly name?: string | undefined;
  readonly baseCurrencyCode?: string | undefined;
  readonly costMethod?: string | undefined;
  /** '' for none. */
  readonly feeAsset?: string | undefined;
}

/** What of it was said, as it is kept. */
export interface SaidData {
  readonly name?: string;
  readonly baseCurrencyCode?: string;
  readonly costMethod?: CostMethod;
  readonly feeAsset?: string | null;
}

/** In which the worth of a portfolio can be told. */
const baseCurrencies: readonly string[] = ['USDT', 'USDC', 'BTC', 'ETH', 'EUR'];
const maxNameLength = 64;

/** Nothing of their own to be seen, but for the letters of which flags are made. */
const unseen = /(?![\u{e0020}-\u{e007f}])\p{Default_Ignorable_Code_Point}/gu;

/** The blank of writing for the blind is none by its kind. */
const oneBlank = (text: string): string => text.replaceAll(/[\s\u2800]+/gu, ' ').trim();

/** What names are compared by: one that looks like another is the same. */
export const nameKey = (name: string): string =>
  oneBlank(name.normalize('NFKC').toLowerCase().replaceAll(unseen, '').normalize('NFKC'));

/** Pictures of several characters, as Unicode lists them: some are held together by what cannot be seen alone. */
const picture = '\\p{RGI_Emoji}';
const pictures = new RegExp(picture, 'gv'); // No literal: that would ask for a newer target of the compiler.
/** Between two letters, where languages such as Persian and Hindi write them. */
const lettersJoiner = /(?<=[\p{L}\p{M}])[\u200c\u200d](?=\p{L})/gu;
const isReadable = (name: string): boolean =>
  !/\p{C}/u.test(name.replaceAll(pictures, ' ').replaceAll(lettersJoiner, ''));

/** Marks stand on a character or in none: without one there is nothing to read, or to press. */
const showsNothing = (name: string): boolean => /^[\p{M}\s]*$/u.test(nameKey(name));

const isCostMethod = (text: string): text is CostMethod => (costMethods as readonly string[]).includes(text);
const isName = (name: string): boolean => [...name].length >= 1 && [...name].length <= maxNameLength;

/** Without blanks around it, and with one where there are several. @throws AppError invalid_argument */
const readName = (text: string): string => {
  const name = oneBlank(text.normalize('NFC'));
  if (isName(name) && isReadable(name) && !showsNothing(name)) return name;
  throw wrong('name', `must be 1 to ${maxNameLength} characters that can be read`);
};
const wrong = (field: string, message: string, more: Partial<FieldError> = {}): AppError =>
  new AppError('invalid_argument', `The ${field} cannot be used: it ${message}.`, {
    fields: [{ field, message, ...more }],
  });

const readCurrency = (text: string): string => {
  const code = text.toUpperCase();
  if (baseCurrencies.includes(code)) return code;
  throw new AppError('unprocessable', `Worth is told in ${baseCurrencies.join(', ')}. Nothing was changed.`, {
    problem: 'unknown-currency',
    fields: [{ field: 'baseCurrency', message: `must be one of ${baseCurrencies.join(', ')}` }],
  });
};
const readCostMethod = (text: string): CostMethod => {
  const method = text.toUpperCase();
  if (isCostMethod(method)) return method;
  throw wrong('costMethod', `must be one of ${costMethods.join(', ')}`);
};
const readFeeAsset = (text: string): string | null => (text === '' ? null : readAsset(text, 'feeAsset'));

/** @throws AppError invalid_argument, unprocessable with `unknown-currency` */
export const readData = ({ name, baseCurrencyCode, costMethod, feeAsset }: PortfolioData): SaidData => ({
  ...(name === undefined ? {} : { name: readName(name) }),
  ...(baseCurrencyCode === undefined ? {} : { baseCurrencyCode: readCurrency(baseCurrencyCode) }),
  ...(costMethod === undefined ? {} : { costMethod: readCostMethod(costMethod) }),
  ...(feeAsset === undefined ? {} : { feeAsset: readFeeAsset(feeAsset) }),
});
