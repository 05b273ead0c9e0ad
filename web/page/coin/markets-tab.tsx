import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TickersAnswer } from '@tickfolio/api/tickers';
import { grouped, percentage, shortened, signed } from '@tickfolio/lib/look/amount';
import { directionOf } from '@tickfolio/lib/look/change';
import { ChartBone, ChartFault, ChartNote } from '../kit/chart-states.js';
import { usePace, useParts } from '../parts.js';
import { useAssetText } from '../text/asset/use-asset-text.js';
import { assetAddress } from '../text/asset-address.js';
import { exact } from '../text/exact.js';
import { Figure } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';
import { usePriceText } from '../text/use-price-text.js';

type Ticker = TickersAnswer['tickers'][number];

const refreshMs = 5_000;
/** More markets than any asset has. */
const limit = 200;

/** Where an asset is traded, as the exchange says now. @param base upper case */
export const useMarkets = (base: string) => {
  const { session } = useParts();
  return useQuery({
    queryKey: ['markets-of', base],
    queryFn: () =>
      session.call<TickersAnswer>('GET', `/api/v1/tickers?base=${encodeURIComponent(base)}&limit=${limit}`),
    refetchInterval: usePace(refreshMs),
  });
};

const Market = ({ ticker }: { readonly ticker: Ticker }) => {
  const text = useAssetText();
  const priceText = usePriceText(ticker.symbol);
  const { symbol, base, quote, price, change24h, quoteVolumeUsdt24h: volume, status } = ticker;
  const { asset, search } = assetAddress(symbol, quote.toLowerCase());
  const change = change24h === null ? undefined : signed(percentage(exact(change24h), text.numbers));
  return (
    <tr>
      <th scope="row">
        <Link
          to="/assets/$asset"
          params={{ asset }}
          search={{ market: search.market }}
          activeOptions={{ exact: true, explicitUndefined: true }}
          className="coin-link"
          translate="no"
        >
          {`${base}/${quote}`}
        </Link>
        {status === 'paused' && <span className="tag">{text.paused}</span>}
      </th>
      <td className="num">
        <Figure>{priceText(price)}</Figure>
      </td>
      <td className="num">
        {change === undefined ? '–' : <Figure className={`change ${directionOf(change)}`}>{change}</Figure>}
      </td>
      <td className="num">
        {volume === null ? (
          '–'
        ) : (
          <Figure title={grouped(volume, text.numbers)}>{shortened(exact(volume), text.numbers, text.sizes)}</Figure>
        )}
      </td>
    </tr>
  );
};

/** The most traded market first. */
const MarketList = ({ base }: { readonly base: string }) => {
  const { store } = useParts();
  const { times } = useSpeaking();
  const text = useAssetText();
  const { data, isError, errorUpdateCount, dataUpdatedAt, refetch } = useMarkets(base);
  // Not only until it is asked again, every few seconds.
  if (!data && errorUpdateCount > 0) return <ChartFault onRetry={() => void refetch()}>{text.marketsAway}</ChartFault>;
  if (!data) return <ChartBone size="short" />;
  // The server itself hears nothing of the exchange, so it cannot know.
  if (data.tickers.length === 0 && data.stale !== null)
    return <ChartFault onRetry={() => void refetch()}>{text.marketsAway}</ChartFault>;
  if (data.tickers.length === 0) return <ChartNote>{text.noMarkets(base)}</ChartNote>;
  return (
    <>
      <table className="asset-market-table">
        <thead>
          <tr>
            <th scope="col">{text.market}</th>
            <th scope="col" className="num">
              {text.price}
            </th>
            <th scope="col" className="num">
              {text.bases['24h']}
            </th>
            <th scope="col" className="num">
              {text.dayVolumeIn('USDT')}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.tickers.map((ticker) => (
            <Market key={ticker.symbol} ticker={ticker} />
          ))}
        </tbody>
      </table>
      {(isError || data.stale !== null) && (
        <p className="chart-old">
          {text.oldSince(times.full(isError ? store.serverTime(dataUpdatedAt) : Date.parse(data.asOf)))}
        </p>
      )}
    </>
  );
};

/** Where an asset is traded. */
export const MarketsTab = ({ base }: { readonly base: string }) => (
  <section className="card asset-markets" aria-labelledby="markets-title">
    <h2 id="markets-title">{useAssetText().marketsOf(base)}</h2>
    <MarketList base={base} />
  </section>
);
