import { Link } from '@tanstack/react-router';
import type { Change, Direction } from '@tickfolio/lib/look/change';
import type { Basis } from '../display/choices.js';
import { ChangeMark } from '../kit/change-mark.js';
import { CoinBadge } from '../kit/coin-badge.js';
import { Digits } from '../kit/digits.js';
import { NoPrice, PriceTag } from '../kit/price-state.js';
import type { Freshness as Fresh } from '../live/freshness.js';
import type { Row } from '../live/portfolio-view.js';
import { Freshness } from '../portfolio/freshness.js';
import { usePageTitle } from '../shell/page-heading.js';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { digitsSize } from '../text/digits-size.js';
import { useSpeaking } from '../text/language.js';
import { besideName, type Pair } from '../text/pair.js';
import { useQuantityText } from '../text/quantity/use-quantity-text.js';
import { usePriceText } from '../text/use-price-text.js';
import { AssetStar } from '../watchlist/asset-star.js';

/** A price and, where it is not of now, when it was made. */
interface ShownPrice {
  /** Exact, in the quote asset. */
  readonly price: string;
  /** Epoch milliseconds. */
  readonly atMs: number | undefined;
  /** Of its last change. */
  readonly direction?: Direction;
  /** Counts its changes. */
  readonly ticks?: number;
}

interface CoinHeadProps extends Pair {
  readonly symbol: string;
  readonly name: string;
  /** Undefined where it is not held. */
  readonly row: Row | undefined;
  readonly isDelisted: boolean;
  /** What is recorded could not be read. */
  readonly isAway: boolean;
  /** Of its live price; undefined where none comes. */
  readonly fresh: Fresh | undefined;
  readonly shown: ShownPrice | undefined;
  /** Of the price, since changes are counted; undefined where that is not known. */
  readonly change: Change | undefined;
  /** What that change is counted from. */
  readonly basis: Basis;
  /** Of the newest frame, epoch milliseconds. */
  readonly asOfMs: number;
  readonly isListed: boolean;
}

const gone = { state: 'delisted', stateOf: undefined } as const;
const recorded = { kind: 'recorded' } as const;

/** Which coin it is, what it costs, and why that is not of now. */
export const CoinHead = (props: CoinHeadProps) => {
  const { symbol, name, base, quote, row, isDelisted, isAway, fresh, shown, change, basis, asOfMs, isListed } = props;
  const { times } = useSpeaking();
  const text = useAssetText();
  const { worthLater, priceAway } = useQuantityText();
  const written = usePriceText(symbol);
  const reason =
    row?.priceText === undefined ? (isDelisted ? gone : undefined) : row.stale && !row.pending ? row : undefined;
  const without = reason ?? row;
  const priceText = row?.priceText ?? (shown && written(shown.price));
  const pair = besideName(name, { base, quote });
  usePageTitle([name, pair].filter(Boolean).join(' '));
  const sinceMs = row?.daySinceMs;
  return (
    <section className="coin-head" aria-labelledby="coin-title">
      <div className="coin-title">
        <CoinBadge asset={base} />
        <h1 id="coin-title">
          <span translate="no">{name}</span>{' '}
          {pair !== undefined && (
            <span className="coin-pair" translate="no">
              {pair}
            </span>
          )}
        </h1>
        <AssetStar {...{ symbol, base, quote, name, isListed }} />
        {isListed && (
          <Link to="/trade/$symbol" params={{ symbol }} className="button small">
            {text.places.trade}
          </Link>
        )}
        {reason && shown && <PriceTag row={reason} />}
        <Freshness of={fresh ?? (row || isDelisted || !shown ? undefined : recorded)} about="price" />
      </div>
      <p className={`coin-price large-digits ${digitsSize(priceText ?? '')}`}>
        {priceText !== undefined ? (
          <Digits text={priceText} direction={shown?.direction ?? 'same'} ticks={shown?.ticks ?? 0} />
        ) : without ? (
          <NoPrice row={without} />
        ) : (
          <span className="none" title={isAway ? undefined : worthLater}>
            {isAway ? priceAway : text.noneRecorded}
          </span>
        )}
        {priceText !== undefined && (
          <span className="unit" translate="no">
            {quote}
          </span>
        )}
      </p>
      {shown?.atMs !== undefined && <p className="none">{text.priceOfTime(times.full(shown.atMs))}</p>}
      {/* Its line is there before it, so that nothing moves when it comes. */}
      <p className="coin-change">
        {change && (
          <>
            <ChangeMark
              change={change}
              percentOnly
              note={sinceMs === undefined ? undefined : text.onlySince(times.full(sinceMs))}
            />{' '}
            <span className="none">
              {sinceMs === undefined ? text.bases[basis] : text.since(times.near(sinceMs, asOfMs))}
            </span>
          </>
        )}
      </p>
    </section>
  );
};
