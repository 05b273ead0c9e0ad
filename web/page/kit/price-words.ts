import type { Row } from '../live/portfolio-view.js';
import type { Messages } from '../text/messages-en.js';

export type Reasoned = Pick<Row, 'state' | 'stateOf'>;

/** Prices are converted with pairs in this asset only. */
const conversionQuote = 'usdt';

/** As an exchange writes it: BTC/USDT. */
const fullPair = (symbol: string): string =>
  symbol.replace(new RegExp(`${conversionQuote}$`), `/${conversionQuote}`).toUpperCase();

/** Why a price is missing or old: a word that says of which pair where it is not the coin's own, and a sentence. */
export const priceWords = (
  { state, stateOf }: Reasoned,
  text: Messages,
): { readonly word: string; readonly hint: string } => {
  const known = state ?? 'waiting';
  const [word, hint] = [text.priceStates[known], text.priceHints[known]];
  if (stateOf === undefined) return { word, hint };
  const pair = fullPair(stateOf);
  return { word: text.stateOfPair(pair, word), hint: `${text.convertedWith(pair)} ${hint}` };
};
