import { Link, useParams, useSearch } from '@tanstack/react-router';
import type { CandleRange } from '@tickfolio/api/market';
import { isProblem } from '@tickfolio/client/problem';
import { grouped } from '@tickfolio/lib/look/amount';
import { Suspense, useCallback, useState } from 'react';
import { latePart } from '../kit/late-part.js';
import { useLive } from '../parts.js';
import { useNewListings, useSymbols } from '../portfolio/changes/use-symbols.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { Skeleton } from '../shell/skeleton.js';
import { symbolOf } from '../text/asset-address.js';
import { coinName } from '../text/coin-names.js';
import { useText } from '../text/language.js';
import { nameAmong } from '../text/pair.js';
import { RangeTabs } from '../value/range-tabs.js';
import { useDayBases } from '../value/use-day-bases.js';
import { CoinHead } from './coin-head.js';
import { DayRange } from './day-range.js';
import { Position } from './position.js';
import { candleRanges, useCandles, useGrowingCandle } from './use-candles.js';
import { useCoinFreshness } from './use-coin-freshness.js';

const CandleChart = latePart(() => import('./chart/candle-chart.js').then(({ CandleChart: found }) => found));
const AddCoinDialog = latePart(() =>
  import('../portfolio/changes/add-coin-dialog.js').then(({ AddCoinDialog: found }) => found),
);
const ChangeCoinDialog = latePart(() =>
  import('../portfolio/changes/change-coin-dialog.js').then(({ ChangeCoinDialog: found }) => found),
);

/** Of a coin that is gone the last hour would be empty. */
const usualRange = (isGone: boolean): CandleRange => (isGone ? '1y' : '1h');

/** One coin: its price now and before, and what is held of it. */
export const CoinPage = () => {
  const text = useText();
  const { asset } = useParams({ from: '/assets/$asset' });
  const symbol = symbolOf(asset, useSearch({ from: '/assets/$asset' }));
  const view = useLive((state) => state.view);
  const symbols = useSymbols();
  useDayBases();
  const [chosen, setChosen] = useState<CandleRange>();
  const [open, setOpen] = useState<'none' | 'change' | 'add'>('none');
  const close = useCallback(() => setOpen('none'), []);
  const row = view?.rows.find((held) => held.symbol === symbol);
  const listed = symbols.data?.find((entry) => entry.Symbol === symbol);
  const isNotListed = symbols.data !== undefined && !listed;
  const range = chosen ?? usualRange(isNotListed);
  const archive = useCandles(symbol, range);
  const { slots, stepMs, candles } = archive;
  const fresh = useCoinFreshness(symbol);
  const isDelisted = archive.isDelisted || (row?.state === 'delisted' && row.stateOf === undefined);
  // What is not traded any more has no candle of now.
  const moving = isDelisted ? undefined : row?.price;
  const newest = useGrowingCandle(`${symbol} ${archive.range}`, slots, stepMs, moving, view?.asOfMs ?? 0);

  useNewListings(isNotListed && !row ? symbol : undefined);
  // Only what is neither listed nor held, and not in the archive either.
  const isRefused =
    isProblem(archive.error, 404) || (archive.error !== null && !archive.isLoaded && isNotListed && view !== undefined);
  const unknown = !row && isRefused;
  if (unknown) {
    return (
      <div className="notice-page">
        <h1>{text.notFoundTitle}</h1>
        <p>{text.unknownCoin(symbol.toUpperCase())}</p>
        <Link to="/" className="button primary">
          {text.toPortfolio}
        </Link>
      </div>
    );
  }
  if (!view || (!row && !listed && !archive.isLoaded)) return <Skeleton />;
  const base = row?.base ?? listed?.BaseAsset ?? archive.base ?? symbol.toUpperCase();
  const quote = row?.quote ?? listed?.QuoteAsset ?? archive.quote ?? '';
  const name = coinName(base) ?? base;
  /** Undefined where nobody knows them. */
  const assets = quote === '' ? undefined : { base, quote };
  const last = candles.at(-1);
  const recorded = archive.last ?? (last && { price: last.close, atMs: archive.recordedAtMs });
  const shown = row?.price === undefined ? recorded : { price: row.price, atMs: row.priceAtMs };
  const first = candles[0];
  const label = first
    ? `${text.chartOf(name)}, ${text.ranges[archive.range ?? range]}: ${grouped(first.open, text.numbers)} → ${grouped(last?.close ?? '', text.numbers)} ${quote}`
    : text.chartOf(name);
  const chart = () => {
    if (!archive.isLoaded)
      return archive.error ? (
        <p className="panel-note">{archive.isNowhere ? text.noArchive : text.historyAway}</p>
      ) : (
        <div className="chart-box chart-tall bone" />
      );
    if (candles.length === 0 && !newest) return <p className="panel-note">{text.noCandles}</p>;
    return <CandleChart label={label} slots={slots} stepMs={stepMs} newest={newest} />;
  };
  return (
    <div className="coin-page">
      <Link to="/" className="back-link">
        <span aria-hidden="true">←</span> <span>{text.portfolio}</span>
      </Link>
      <CoinHead
        name={name}
        base={base}
        quote={quote}
        row={row}
        isDelisted={isDelisted}
        fresh={fresh}
        shown={shown}
        asOfMs={view.asOfMs}
      />
      <section className="card coin-chart" aria-label={text.chartOf(name)}>
        <div className="panel-head">
          <h2>{text.price}</h2>
          <RangeTabs ranges={candleRanges} value={range} onChange={setChosen} />
        </div>
        <CardBoundary about={`${symbol} ${range}`}>
          <Suspense fallback={<div className="chart-box chart-tall bone" />}>{chart()}</Suspense>
        </CardBoundary>
      </section>
      <div className="coin-side">
        {row ? (
          <Position row={row} onChange={() => setOpen('change')} />
        ) : (
          <section className="card position">
            <h2>{text.yourPosition}</h2>
            <p className="none">{text.notHeld}</p>
            {listed && (
              <button type="button" className="button primary" onClick={() => setOpen('add')}>
                {text.addTo(nameAmong(name, { base, quote }))}
              </button>
            )}
          </section>
        )}
        {archive.day && shown && (
          <CardBoundary about={symbol}>
            <DayRange
              day={archive.day}
              volume={archive.volume}
              price={shown.price}
              base={assets?.base}
              quote={assets?.quote}
            />
          </CardBoundary>
        )}
      </div>
      <Suspense>
        {open === 'change' && <ChangeCoinDialog symbol={symbol} onClose={close} />}
        {open === 'add' && <AddCoinDialog preset={{ symbol, base, quote, name }} onClose={close} />}
      </Suspense>
    </div>
  );
};
