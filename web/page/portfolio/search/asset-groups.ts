import { knownAssets } from '@tickfolio/lib/market/asset-names';
import { type AssetMarket, type AssetSearch, type FoundAsset, sureScore } from '@tickfolio/lib/market/asset-search';
import type { ListedSymbol } from '../changes/use-symbols.js';

/** A market that an asset can be held by. */
export interface HoldableMarket extends AssetMarket {
  /** Not traded at the moment. */
  readonly isPaused: boolean;
}

export type HoldableAsset = FoundAsset<HoldableMarket>;

/** Assets as a search offers them. */
export interface AssetGroup {
  readonly kind: 'recent' | 'popular' | 'results';
  readonly assets: readonly HoldableAsset[];
  /** Whether none of them is what was typed, and another may have been listed that is. */
  readonly isGuess: boolean;
}

export const holdableMarket = ({
  Symbol: symbol,
  BaseAsset: base,
  QuoteAsset: quote,
  Status,
}: ListedSymbol): HoldableMarket => ({ symbol, base, quote, isPaused: Status === 'paused' });

const popularAssets = knownAssets.slice(0, 12);

/** Whether its trading pauses by every market that it can be held by. */
export const isPaused = ({ markets }: Pick<HoldableAsset, 'markets'>): boolean =>
  markets.length > 0 && markets.every((market) => market.isPaused);

/**
 * Without a query what was used lately and what is well known; else what fits, best first.
 * @param recent assets, upper case
 */
export const assetGroups = (
  search: AssetSearch<HoldableMarket>,
  typed: string,
  recent: readonly string[],
): readonly AssetGroup[] => {
  const pick = (assets: readonly string[]) => [...new Set(assets)].flatMap((asset) => search.asset(asset) ?? []);
  const found = search.find(typed);
  const groups: readonly AssetGroup[] =
    typed.trim() === ''
      ? [
          { kind: 'recent', assets: pick(recent), isGuess: false },
          { kind: 'popular', assets: pick(popularAssets.filter((asset) => !recent.includes(asset))), isGuess: false },
        ]
      : [{ kind: 'results', assets: found, isGuess: (found[0]?.score ?? 0) < sureScore }];
  return groups.filter(({ assets }) => assets.length > 0);
};
