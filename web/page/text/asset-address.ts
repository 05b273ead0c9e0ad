import { pairOf } from './pair.js';

/** How long candles are, by the exchange's names. */
export const chartIntervals = ['1s', '1m', '5m', '15m', '1h', '4h', '1d'] as const;
export const chartTypes = ['candles', 'hollow', 'line'] as const;
/** Parts of an asset's page. */
export const assetTabs = ['chart', 'markets'] as const;
export type ChartInterval = (typeof chartIntervals)[number];
export type ChartType = (typeof chartTypes)[number];
export type AssetTab = (typeof assetTabs)[number];

/** What of an asset's page stands in its address besides the asset; nothing of what is usual. */
export interface AssetSearch {
  /** The market that its price comes from, where it is not the usual one; lower case. */
  readonly market?: string | undefined;
  readonly interval?: ChartInterval | undefined;
  readonly type?: ChartType | undefined;
  readonly tab?: AssetTab | undefined;
}

/** The market that an asset is valued by where nobody says another. */
const usualQuote = 'usdt';
/** Quote assets that symbols end with, while the list of symbols is not there. */
const knownQuotes = ['usdt', 'usdc', 'fdusd', 'tusd', 'btc', 'eth', 'bnb', 'eur', 'try', 'brl'];

/** One of some names, or nothing. */
const oneOf = <Name extends string>(names: readonly Name[], value: unknown): Name | undefined =>
  names.find((name) => name === value);

/** Of an address that somebody may have written by hand. */
export const readAssetSearch = ({ market, interval, type, tab }: Readonly<Record<string, unknown>>): AssetSearch =>
  // Undefined where it is none: what is left out stays as it is written.
  ({
    market: typeof market === 'string' && /^[\w-]{1,64}$/.test(market) ? market.toLowerCase() : undefined,
    interval: oneOf(chartIntervals, interval),
    type: oneOf(chartTypes, type),
    tab: oneOf(assetTabs, tab),
  }) satisfies Required<AssetSearch>;

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
