import { type AssetSearch, readAssetSearch } from '../text/asset-address.js';

/** What of the page of trading stands in its address; nothing of what is usual. */
interface TradeSearch extends Pick<AssetSearch, 'interval' | 'type'> {
  /** Of paper money, where it is not the default one. */
  readonly portfolio?: string | undefined;
}

/** Of an address that somebody may have written by hand. */
export const readTradeSearch = (given: Readonly<Record<string, unknown>>): TradeSearch => {
  const { interval, type } = readAssetSearch(given);
  const { portfolio } = given;
  return {
    interval,
    type,
    portfolio: typeof portfolio === 'string' && /^[\w-]{1,64}$/.test(portfolio) ? portfolio : undefined,
  };
};
