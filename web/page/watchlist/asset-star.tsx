import { nameAmong, type Pair } from '../text/pair.js';
import { StarButton } from './star-button.js';
import { useWatchlist } from './use-watchlist.js';

interface AssetStarProps extends Pair {
  readonly symbol: string;
  readonly name: string;
  readonly isListed: boolean;
}

/** Of what the exchange lists, and of what is watched though it does so no longer. */
export const AssetStar = ({ symbol, base, quote, name, isListed }: AssetStarProps) => {
  const { watched } = useWatchlist();
  if (!isListed && !watched?.has(symbol)) return null;
  return <StarButton symbol={symbol} asset={base} name={nameAmong(name, { base, quote })} />;
};
