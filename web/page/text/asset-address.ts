import { pairOf } from './pair.js';

/** What of an asset's page stands in its address besides the asset. */
export interface AssetSearch {
  /** The market that its price comes from, where it is not the usual one; lower case. */
  readonly market?: string | undefined;
}

/** The market that an asset is valued by where nobody says another. */
const usualQuote = 'usdt';
/** Quote assets that symbols end with, while the list of symbols is not there. */
const knownQuotes = ['usdt', 'usdc', 'fdusd', 'tusd', 'btc', 'eth', 'bnb', 'eur', 'try', 'brl'];

/** Of an address that somebody may have written by hand. */
export const readAssetSearch = ({ market }: Readonly<Record<string, unknown>>): AssetSearch =>
  typeof market === 'string' && /^[\w-]{1,64}$/.test(market) ? { market: market.toLowerCase() } : {};

/** The symbol whose price an asset's page shows. */
export const symbolOf = (asset: string, { market }: AssetSearch): string =>
  market ?? `${asset.toLowerCase()}${usualQuote}`;

/** Where the page of a symbol is. @param quote lower case; default what it ends with */
export const assetAddress = (
  symbol: string,
  quote = knownQuotes.find((one) => symbol.endsWith(one) && symbol !== one) ?? '',
): { readonly asset: string; readonly search: AssetSearch } => {
  const { base } = pairOf(symbol, quote);
  return { asset: base, search: quote === usualQuote ? {} : { market: symbol } };
};
