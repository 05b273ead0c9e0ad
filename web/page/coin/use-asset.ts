import { useParams, useSearch } from '@tanstack/react-router';
import { isProblem } from '@tickfolio/client/problem';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { useChoice } from '../display/choice.js';
import { basisChoice } from '../display/choices.js';
import { useLive } from '../parts.js';
import { useNewListings, useSymbols } from '../portfolio/changes/use-symbols.js';
import { type ChartInterval, symbolOf } from '../text/asset-address.js';
import { archiveRanges } from './chart/intervals.js';
import { useArchive } from './chart/use-archive.js';
import { useCoinFreshness } from './use-coin-freshness.js';
import { useLookedAt } from './use-looked-at.js';
import { usePriceChange } from './use-price-change.js';

/** Of a coin that is gone the last hours would be empty. */
const usualInterval = (isGone: boolean): ChartInterval => (isGone ? '1d' : '1m');

/** What is known of the asset whose page is open: of the market that its price comes from, held or not. */
export const useAsset = () => {
  const { asset } = useParams({ from: '/assets/$asset' });
  const search = useSearch({ from: '/assets/$asset' });
  const symbol = symbolOf(asset, search);
  const view = useLive((state) => state.view);
  const chosen = useChoice(basisChoice);
  const symbols = useSymbols();
  const row = view?.rows.find((held) => held.symbol === symbol);
  const listed = symbols.data?.find((entry) => entry.Symbol === symbol);
  const isNotListed = symbols.data !== undefined && !listed;
  const interval = search.interval ?? usualInterval(isNotListed);
  const archive = useArchive(symbol, archiveRanges[interval]);
  const isDelisted = archive.isDelisted || (row?.state === 'delisted' && row.stateOf === undefined);
  // While the list cannot be read everything is taken for listed: whether there are candles the exchange will say.
  const isListed = symbols.isPending ? undefined : (!symbols.data || listed !== undefined) && !isDelisted;
  const lookedAt = useLookedAt(view && !row && listed ? symbol : undefined);
  const fresh = useCoinFreshness(symbol);
  const priceChange = usePriceChange({
    symbol: lookedAt && symbol,
    price: lookedAt?.price,
    dayAgo: archive.day?.isRolling ? archive.day.open : undefined,
    asOfMs: view?.asOfMs ?? 0,
  });
  useNewListings(isNotListed && !row ? symbol : undefined);

  const base = row?.base ?? listed?.BaseAsset ?? archive.base ?? symbol.toUpperCase();
  const lastCandle = archive.candles.at(-1);
  const recorded = archive.last ?? (lastCandle && { price: lastCandle.close, atMs: archive.recordedAtMs });
  const { direction, ticks } = row ?? lookedAt ?? { direction: 'same' as const, ticks: 0 };
  const live = row?.price ?? lookedAt?.price;
  // A price that is only converted with an old one is itself of now.
  const isStill = row ? row.stale && row.stateOf === undefined : lookedAt?.isStill === true;
  return {
    /** As its address says it, upper case, and the market where that says one. */
    ...{ asset: asset.toUpperCase(), market: search.market?.toUpperCase() },
    ...{ symbol, view, row, listed, interval, archive, isDelisted, base },
    tab: search.tab ?? ('chart' as const),
    type: search.type ?? ('candles' as const),
    name: coinName(base) ?? base,
    /** Empty where nobody knows it. */
    quote: row?.quote ?? listed?.QuoteAsset ?? archive.quote ?? '',
    /** Whether the exchange trades it; undefined while that is not known. */
    isListed,
    /** Neither listed nor held, and not in the archive either. */
    isUnknown:
      !row &&
      (isProblem(archive.error, 404) ||
        (archive.error !== null && !archive.isLoaded && isNotListed && view !== undefined)),
    /** Neither what is listed nor what is recorded could be read, so that nothing is known of it. */
    isAway: !row && !symbols.data && symbols.isError && archive.error !== null && !archive.isLoaded,
    retry: () => {
      void symbols.refetch();
      void archive.refetch();
    },
    /** The price that comes now; undefined where none comes, or it moves nothing any more. */
    live: isDelisted || isStill ? undefined : live,
    shown: live === undefined ? recorded : { price: live, atMs: row?.priceAtMs, direction, ticks },
    fresh: row ? fresh : lookedAt?.freshness,
    change: row ? row.priceDay : priceChange,
    /** What that change is counted from. */
    basis: row && view ? view.dayBasis.basis : chosen,
  };
};
