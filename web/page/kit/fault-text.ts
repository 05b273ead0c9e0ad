import { isProblem, type Problem } from '@tickfolio/client/problem';
import { faultWordsOf } from '../text/faults/fault-words.js';
import type { Messages } from '../text/messages-en.js';

/** The server's stable words for what is wrong with a field, in the reader's. */
const wordsOf = (text: Messages, faults = faultWordsOf(text)): Readonly<Record<string, string>> => ({
  'name-shape': faults.nameShape,
  'password-short': faults.passwordShort,
  'password-long': faults.passwordLong,
  'password-common': faults.passwordCommon,
  'password-like-name': faults.passwordLikeName,
  'quantity-shape': faults.quantityShape,
  'quantity-too-large': faults.quantitySum,
  'too-many-coins': faults.refusals.portfolioFull,
  'more-than-held': faults.refusals.moreThanHeld,
  'not-held': text.notHeld,
  'unknown-change': faults.refusals.unknownChange,
  'unknown-symbol': faults.refusals.unknownCoin,
  'symbol-delisted': faults.refusals.delisted,
  'symbol-not-valued': faults.refusals.notValued,
  'valuation-asset': faults.refusals.valuationAsset,
});

/** What is wrong with a field, in the reader's words where there are some; undefined where nothing is. */
export const fieldText = ({ fields, reasons }: Problem, field: string, text: Messages): string | undefined => {
  const said = fields.get(field);
  return (
    wordsOf(text)[reasons.get(field) ?? ''] ??
    (said === undefined ? undefined : faultWordsOf(text).refusals.other(said))
  );
};

/** What went wrong, in the reader's words. */
export const faultText = (thrown: unknown, text: Messages): string => {
  const faults = faultWordsOf(text);
  if (!isProblem(thrown)) return faults.pageFault;
  if (thrown.status === 0) return text.noAnswer;
  if (thrown.status === 429) return faults.tooMany(Math.ceil((thrown.retryAfterMs ?? 1_000) / 1_000));
  if (thrown.status >= 500) return faults.serverFault;
  if (thrown.status === 401) return text.sessionEnded;
  if (thrown.status === 403) return faults.refusals.otherSite;
  const words = wordsOf(text);
  const said = [...thrown.reasons.values()].flatMap((reason) => words[reason] ?? []);
  return said.length > 0 ? said.join(' ') : faults.refusals.other(thrown.message);
};
