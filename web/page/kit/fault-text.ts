import { isProblem, type Problem } from '@tickfolio/client/problem';
import type { Messages } from '../text/messages-en.js';

/** The server's stable words for what is wrong with a field, in the reader's. */
const wordsOf = (text: Messages): Readonly<Record<string, string>> => ({
  'name-shape': text.nameShape,
  'password-short': text.passwordShort,
  'password-long': text.passwordLong,
  'password-common': text.passwordCommon,
  'password-like-name': text.passwordLikeName,
  'quantity-shape': text.quantityShape,
  'quantity-too-large': text.quantitySum,
  'too-many-coins': text.refusals.portfolioFull,
  'more-than-held': text.refusals.moreThanHeld,
  'not-held': text.notHeld,
  'unknown-change': text.refusals.unknownChange,
  'unknown-symbol': text.refusals.unknownCoin,
  'symbol-delisted': text.refusals.delisted,
  'symbol-not-valued': text.refusals.notValued,
  'valuation-asset': text.refusals.valuationAsset,
});

/** What is wrong with a field, in the reader's words where there are some; undefined where nothing is. */
export const fieldText = ({ fields, reasons }: Problem, field: string, text: Messages): string | undefined => {
  const said = fields.get(field);
  return wordsOf(text)[reasons.get(field) ?? ''] ?? (said === undefined ? undefined : text.refusals.other(said));
};

/** What went wrong, in the reader's words. */
export const faultText = (thrown: unknown, text: Messages): string => {
  if (!isProblem(thrown)) return text.pageFault;
  if (thrown.status === 0) return text.noAnswer;
  if (thrown.status === 429) return text.tooMany(Math.ceil((thrown.retryAfterMs ?? 1_000) / 1_000));
  if (thrown.status >= 500) return text.serverFault;
  if (thrown.status === 401) return text.sessionEnded;
  if (thrown.status === 403) return text.refusals.otherSite;
  const words = wordsOf(text);
  const said = [...thrown.reasons.values()].flatMap((reason) => words[reason] ?? []);
  return said.length > 0 ? said.join(' ') : text.refusals.other(thrown.message);
};
