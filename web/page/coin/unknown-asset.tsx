import { Link } from '@tanstack/react-router';
import { coinName } from '@tickfolio/lib/market/asset-names';
import { CoinBadge } from '../kit/coin-badge.js';
import { BackLink } from '../navigation/back-link.js';
import { PageHeading } from '../shell/page-heading.js';
import { Skeleton } from '../shell/skeleton.js';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { MarketsTab, useMarkets } from './markets-tab.js';

interface UnknownAssetProps {
  /** Upper case. */
  readonly asset: string;
  /** That its address says, upper case; undefined for the usual one, in USDT. */
  readonly market: string | undefined;
}

/** A market that there is not; where the asset has others, those. */
export const UnknownAsset = ({ asset, market }: UnknownAssetProps) => {
  const text = useAssetText();
  const { data, errorUpdateCount, refetch } = useMarkets(asset);
  if (!data && errorUpdateCount === 0) return <Skeleton />;
  // The server, or what it hears the exchange by, is away: nobody can know.
  if (!data || (data.tickers.length === 0 && data.stale !== null))
    return (
      <div className="notice-page">
        <PageHeading title={asset} />
        <p>{text.marketsAway}</p>
        <button type="button" className="button primary" onClick={() => void refetch()}>
          {text.tryAgain}
        </button>
      </div>
    );
  if (data.tickers.length === 0)
    return (
      <div className="notice-page">
        <PageHeading title={text.notFoundTitle} />
        <p>{text.unknownAsset(market ?? asset)}</p>
        <Link to="/markets" className="button primary">
          {text.toMarkets}
        </Link>
      </div>
    );
  return (
    <div className="coin-page">
      <BackLink />
      <section className="coin-head">
        <div className="coin-title">
          <CoinBadge asset={asset} />
          <PageHeading title={coinName(asset) ?? asset} translate="no" />
        </div>
        <p className="none">{market === undefined ? text.notInUsdt(asset) : text.unknownAsset(market)}</p>
      </section>
      <MarketsTab base={asset} />
    </div>
  );
};
