import { isProblem, type Problem } from '@tickfolio/client/problem';
import { faultText, fieldText } from '../kit/fault-text.js';
import { faultWordsOf } from '../text/faults/fault-words.js';
import type { Messages } from '../text/messages-en.js';
import type { PortfoliosTexts } from '../text/portfolios/en.js';

export type PortfoliosWords = Messages & PortfoliosTexts;

/** What a form asks for. */
export type AskedField = 'name' | 'baseCurrency' | 'feeAsset' | 'asset' | 'quantity' | 'to';

/** Why something was not done. */
export interface Refusal {
  /** What has to be said otherwise; undefined where it is no single field. */
  readonly field: AskedField | undefined;
  readonly words: string;
}

type Said = (problem: Problem, text: PortfoliosWords) => string;

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** By the server's stable words. */
const ofServer: Readonly<Record<string, readonly [AskedField | undefined, Said]>> = {
  'name-taken': ['name', (_, text) => text.nameTaken],
  'unknown-currency': ['baseCurrency', (_, text) => text.currencyUnknown],
  'unknown-asset': ['asset', (_, text) => text.assetUnlisted],
  'insufficient-balance': ['quantity', (_, text) => text.notSoMuch],
  'quantity-too-large': ['quantity', (_, text) => faultWordsOf(text).quantitySum],
  'wrong-kind': ['to', (_, text) => text.otherKind],
  archived: [undefined, (_, text) => text.archivedMeanwhile],
  'wrong-state': [undefined, (_, text) => text.ordersOpen],
  'not-found': [undefined, (_, text) => text.portfolioGone],
  gone: [undefined, (_, text) => text.portfolioGone],
  'limit-reached': [
    undefined,
    ({ status, retryAfterMs = hourMs }, text) =>
      status === 429 ? text.fundedOften(Math.max(1, Math.ceil(retryAfterMs / hourMs))) : text.manyPortfolios,
  ],
  'made-often': [
    undefined,
    ({ retryAfterMs = dayMs }, text) => text.madeOften(Math.max(1, Math.ceil(retryAfterMs / dayMs))),
  ],
};

const asked: readonly AskedField[] = ['name', 'baseCurrency', 'feeAsset', 'asset', 'quantity', 'to'];

/** Words for what the server found wrong with the form of a field. */
const ofForm = (field: AskedField, problem: Problem, text: PortfoliosWords): string | undefined => {
  if (!problem.fields.has(field)) return undefined;
  if (field === 'name') return text.portfolioNameShape;
  return field === 'feeAsset' ? text.feeAssetShape : fieldText(problem, field, text);
};

/** Why it was not done, in the reader's words, and of which field that is. */
export const refusalOf = (thrown: unknown, text: PortfoliosWords): Refusal => {
  if (!isProblem(thrown)) return { field: undefined, words: faultText(thrown, text) };
  const reasons = [...thrown.reasons.values(), thrown.reason];
  const [field, said] = reasons.map((reason) => ofServer[reason]).find((found) => found !== undefined) ?? [];
  // Two fields name an asset.
  if (said) return { field: thrown.fields.has('feeAsset') ? 'feeAsset' : field, words: said(thrown, text) };
  if (thrown.status === 503) return { field: undefined, words: text.portfoliosAway };
  for (const one of thrown.status === 400 ? asked : []) {
    const words = ofForm(one, thrown, text);
    if (words !== undefined) return { field: one, words };
  }
  return { field: undefined, words: faultText(thrown, text) };
};
