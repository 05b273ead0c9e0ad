import { BackLink } from '../navigation/back-link.js';
import { PageHeading } from '../shell/page-heading.js';
import { Skeleton } from '../shell/skeleton.js';
import { useText } from '../text/language.js';
import { useDayBases } from '../value/use-day-bases.js';
import { AssetTabs } from './asset-tabs.js';
import { ChartCard } from './chart/chart-card.js';
import { CoinHead } from './coin-head.js';
import { CoinSide } from './coin-side.js';
import { MarketsTab } from './markets-tab.js';
import { UnknownAsset } from './unknown-asset.js';
import { useAsset } from './use-asset.js';

/** One asset: its price now and before, what is held of it, and where it is traded. */
export const CoinPage = () => {
  const text = useText();
  useDayBases();
  const asset = useAsset();
  const { symbol, view, row, listed, archive, name, base, quote, shown, tab } = asset;
  if (asset.isUnknown) return <UnknownAsset asset={asset.asset} market={asset.market} />;
  if (view && asset.isAway)
    return (
      <div className="notice-page">
        <PageHeading title={asset.asset} />
        <p>{text.noAnswer}</p>
        <button type="button" className="button primary" onClick={asset.retry}>
          {text.tryAgain}
        </button>
      </div>
    );
  if (!view || (!row && !listed && !archive.isLoaded)) return <Skeleton />;
  return (
    <div className="coin-page">
      <BackLink />
      <CoinHead
        {...{ symbol, name, base, quote, row, shown }}
        isDelisted={asset.isDelisted}
        isAway={archive.error !== null && !archive.isNowhere}
        fresh={asset.fresh}
        change={asset.change}
        basis={asset.basis}
        asOfMs={view.asOfMs}
        isListed={listed !== undefined}
      />
      <AssetTabs tab={tab} />
      {tab === 'markets' ? (
        <MarketsTab base={base} />
      ) : (
        <>
          <ChartCard
            {...{ symbol, name, quote, archive }}
            interval={asset.interval}
            type={asset.type}
            isListed={asset.isListed}
            isSimulated={view.simulated}
            price={asset.live}
            asOfMs={view.asOfMs}
          />
          <CoinSide
            {...{ symbol, name, base, quote, row, archive }}
            basis={asset.basis}
            isListed={listed !== undefined}
            price={shown?.price}
          />
        </>
      )}
    </div>
  );
};
