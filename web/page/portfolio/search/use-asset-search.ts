import { createAssetSearch } from '@tickfolio/lib/market/asset-search';
import { useMemo, useState } from 'react';
import { recentSymbols } from '../changes/recent-symbols.js';
import { useSymbols } from '../changes/use-symbols.js';
import { holdableMarket } from './asset-groups.js';

/** Searches what can be held. */
export const useAssetSearch = () => {
  const { data } = useSymbols();
  return useMemo(() => createAssetSearch((data ?? []).map(holdableMarket)), [data]);
};

/** The assets added last in this browser, newest first. */
export const useRecentAssets = (): readonly string[] => {
  const { data } = useSymbols();
  const [recent] = useState(recentSymbols);
  return useMemo(() => {
    const baseOf = new Map(data?.map(({ Symbol: symbol, BaseAsset }) => [symbol, BaseAsset]));
    return recent.flatMap((symbol) => baseOf.get(symbol) ?? []);
  }, [data, recent]);
};
