import { Link } from '@tanstack/react-router';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { CoinBadge } from '../kit/coin-badge.js';
import { assetAddress } from '../text/asset-address.js';
import { marketPair, pairOf } from '../text/pair.js';
import { useWatchlistText } from '../text/watchlist/use-watchlist-text.js';
import { StarButton } from '../watchlist/star-button.js';

interface UntradedListProps {
  /** Symbols with their assets. */
  readonly watched: readonly (readonly [symbol: string, asset: string])[];
}

/** What is watched and not traded now: there are no figures of it, and it can be taken off. */
export const UntradedList = ({ watched }: UntradedListProps) => {
  const text = useWatchlistText();
  return (
    <section className="untraded" aria-labelledby="untraded-title">
      <h2 id="untraded-title">{text.untraded}</h2>
      <ul>
        {watched.map(([symbol, base]) => {
          const quote = symbol.slice(base.length);
          const { asset, search } = assetAddress(symbol, quote);
          const pair = marketPair(pairOf(symbol, quote));
          return (
            <li key={symbol}>
              <CoinBadge asset={base} />
              <Link to="/assets/$asset" params={{ asset }} search={search}>
                <span>{coinName(base) ?? base}</span>{' '}
                <span className="coin-pair" translate="no">
                  {pair}
                </span>
              </Link>
              <StarButton symbol={symbol} asset={base} name={pair} />
            </li>
          );
        })}
      </ul>
    </section>
  );
};
