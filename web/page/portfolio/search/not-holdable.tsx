import { CoinBadge } from '../../kit/coin-badge.js';
import { faultWordsOf } from '../../text/faults/fault-words.js';
import { useQuantityText } from '../../text/quantity/use-quantity-text.js';
import type { HoldableAsset } from './asset-groups.js';
import { useAssetSearch } from './use-asset-search.js';

/** What is worth a fixed amount of money, as USDT is. */
const likeCash = ['USDC', 'FDUSD', 'TUSD', 'DAI', 'EUR'];

interface NotHoldableProps {
  readonly onPick: (found: HoldableAsset) => void;
}

/** Why what everything is valued in cannot be added, and what of its kind can. */
export const NotHoldable = ({ onPick }: NotHoldableProps) => {
  const text = useQuantityText();
  const search = useAssetSearch();
  const offered = likeCash.flatMap((other) => search.asset(other) ?? []).filter(({ market }) => market !== undefined);
  return (
    <div className="not-holdable">
      <p>{faultWordsOf(text).refusals.valuationAsset}</p>
      {offered.length > 0 && <p>{text.holdableInstead}</p>}
      {offered.map((found) => (
        <button key={found.asset} type="button" className="button" onClick={() => onPick(found)}>
          <CoinBadge asset={found.asset} />
          <span translate="no">{found.name}</span>
        </button>
      ))}
    </div>
  );
};
