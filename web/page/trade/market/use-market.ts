import type { Direction } from '@tickfolio/lib/look/change';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { useCoinFreshness } from '../../coin/use-coin-freshness.js';
import { useLookedAt } from '../../coin/use-looked-at.js';
import { useLive } from '../../parts.js';
import { useNewListings, useSymbols } from '../../portfolio/changes/use-symbols.js';
import type { Pair } from '../../text/pair.js';

/** What is known of the market in which one trades. */
export interface Market extends Pair {
  /** Lower case. */
  readonly symbol: string;
  readonly name: string;
  /** Of quantities; undefined where the exchange does not say it. */
  readonly step: string | undefined;
  /** The same of prices. */
  readonly tick: string | undefined;
  /** Of now, exact, in the quote asset; undefined until it is known. */
  readonly price: string | undefined;
  readonly direction: Direction;
  /** Counts the changes of the price. */
  readonly ticks: number;
}

/** The market of an address, and what its price does now. */
export const useMarket = (symbol: string) => {
  const view = useLive((state) => state.view);
  const symbols = useSymbols();
  const row = view?.rows.find((held) => held.symbol === symbol);
  const listed = symbols.data?.find((entry) => entry.Symbol === symbol);
  const isNotListed = symbols.data !== undefined && !listed;
  const lookedAt = useLookedAt(view && !row && listed ? symbol : undefined);
  const ofRow = useCoinFreshness(symbol);
  useNewListings(isNotListed ? symbol : undefined);
  const { direction, ticks } = row ?? lookedAt ?? { direction: 'same' as const, ticks: 0 };
  const base = listed?.BaseAsset ?? '';
  const market: Market | undefined = listed && {
    ...{
      symbol,
      base,
      quote: listed.QuoteAsset,
      name: coinName(base) ?? base,
      step: listed.StepSize,
      tick: listed.TickSize,
    },
    ...{ price: row?.price ?? lookedAt?.price, direction, ticks },
  };
  return {
    view,
    /** Undefined until it is known, or where there is none. */
    market,
    /** The exchange does not list it. */
    isUnknown: isNotListed && !symbols.isFetching,
    /** It is not traded now, and expected to be again. */
    isPaused: listed?.Status === 'paused',
    /** What the exchange lists cannot be read. */
    isAway: !symbols.data && symbols.isError,
    retry: () => void symbols.refetch(),
    fresh: row ? ofRow : lookedAt?.freshness,
  };
};
