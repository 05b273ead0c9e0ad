import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useState } from 'react';
import { CardBoundary } from '../frame/card-boundary.js';
import { Skeleton } from '../frame/skeleton.js';
import { useLive } from '../parts.js';
import { ChangeMark } from '../portfolio/change-mark.js';
import { CoinBadge } from '../portfolio/coin-badge.js';
import { Digits } from '../portfolio/digits.js';
import { Freshness } from '../portfolio/freshness.js';
import { NoPrice, PriceTag } from '../portfolio/price-state.js';
import { useNewListings, useSymbols } from '../portfolio/use-symbols.js';
import { isProblem } from '../session/problem.js';
import { grouped } from '../text/amount.js';
import { coinName } from '../text/coin-names.js';
import { useSpeaking } from '../text/language.js';
import { pairLabel } from '../text/pair.js';
import { RangeTabs } from '../value/range-tabs.js';
import { useDayBases } from '../value/use-day-bases.js';
import { DayRange } from './day-range.js';
import { Position } from './position.js';
import { type CandleRange, candleRanges, useCandles, useGrowingCandle } from './use-candles.js';

const CandleChart = lazy(() => import('./candle-chart.js').then(({ CandleChart: found }) => ({ default: found })));
const AddCoinDialog = lazy(() => import('../portfolio/add-coin-dialog.js').then(({ AddCoinDialog: found }) => ({ default: found })));
const ChangeCoinDialog = lazy(() =>
  import('../portfolio/change-coin-dialog.js').then(({ ChangeCoinDialog: found }) => ({ default: found })),
);

const noReason = { state: undefined, stateOf: undefined };

/** One coin: its price now and before, and what is held of it. */
export const CoinPage = () => {
  const { text, times } = useSpeaking();
  const { symbol: given } = useParams({ from: '/coins/$symbol' });
  const symbol = given.toLowerCase();
  const view = useLive((state) => state.view);
  const symbols = useSymbols();
  useDayBases();
  const [range, setRange] = useState<CandleRange>('1h');
  const [open, setOpen] = useState<'none' | 'change' | 'add'>('none');
  const close = useCallback(() => setOpen('none'), []);
  const archive = useCandles(symbol, range);
  const row = view?.rows.find((held) => held.symbol === symbol);
  const { slots, stepMs, candles } = archive;
  const newest = useGrowingCandle(`${symbol} ${archive.range}`, slots, stepMs, row?.price, view?.asOfMs ?? 0);

  const listed = symbols.data?.find((entry) => entry.Symbol === symbol);
  useNewListings(symbols.data !== undefined && !listed && !row ? symbol : undefined);
  const unknown = isProblem(archive.error, 404) || (symbols.data !== undefined && !listed && !row);
  if (unknown) {
    return (
      <div className="notice-page">
        <h1>{text.notFoundTitle}</h1>
        <p>{text.unknownCoin(given.toUpperCase())}</p>
        <Link to="/" className="button primary">
          {text.toPortfolio}
        </Link>
      </div>
    );
  }
  if (!view || (!row && !listed)) return <Skeleton />;
  const note = row?.daySinceMs === undefined ? undefined : text.onlySince(times.full(row.daySinceMs));
  const base = row?.base ?? listed?.BaseAsset ?? symbol.toUpperCase();
  const quote = row?.quote ?? listed?.QuoteAsset ?? '';
  const name = coinName(base) ?? base;
  const price = row?.price ?? candles.at(-1)?.close;
  const last = price === undefined ? undefined : (row?.priceText ?? grouped(price, text.numbers));
  const first = candles[0];
  const label = first
    ? `${text.chartOf(name)}, ${text.ranges[archive.range ?? range]}: ${first.open} → ${candles.at(-1)?.close} ${quote}`
    : text.chartOf(name);
  const chart = () => {
    if (!archive.isLoaded)
      return archive.error ? <p className="panel-note">{text.noArchive}</p> : <div className="chart-box tall-380 bone" />;
    if (candles.length === 0 && !newest) return <p className="panel-note">{text.noCandles}</p>;
    return <CandleChart label={label} slots={slots} stepMs={stepMs} newest={newest} />;
  };
  return (
    <div className="coin-page">
      <Link to="/" className="back-link">
        <span aria-hidden="true">←</span> <span>{text.portfolio}</span>
      </Link>
      <section className="coin-head" aria-labelledby="coin-title">
        <div className="coin-title">
          <CoinBadge asset={base} />
          <h1 id="coin-title">
            <span translate="no">{name}</span>{' '}
            <span className="coin-pair" translate="no">
              {pairLabel({ base, quote })}
            </span>
          </h1>
          {row?.stale && row.priceText && !row.pending && <PriceTag row={row} />}
          <Freshness />
        </div>
        <p className="coin-price large-digits">
          {last ? <Digits text={last} direction={row?.direction ?? 'same'} ticks={row?.ticks ?? 0} /> : <NoPrice row={row ?? noReason} />}
          <span className="unit" translate="no">
            {quote}
          </span>
        </p>
        {row?.day && (
          <p>
            <ChangeMark change={row.day} percentOnly note={note} />{' '}
            <span className="none">{row.daySinceMs === undefined ? text.day : text.since(times.near(row.daySinceMs, view.asOfMs))}</span>
          </p>
        )}
      </section>
      <section className="card coin-chart" aria-label={text.chartOf(name)}>
        <div className="panel-head">
          <h2>{text.price}</h2>
          <RangeTabs ranges={candleRanges} value={range} onChange={setRange} />
        </div>
        <CardBoundary about={`${symbol} ${range}`}>
          <Suspense fallback={<div className="chart-box tall-380 bone" />}>{chart()}</Suspense>
        </CardBoundary>
      </section>
      <div className="coin-side">
        {row ? (
          <Position row={row} onChange={() => setOpen('change')} />
        ) : (
          <section className="card position">
            <h2>{text.yourPosition}</h2>
            <p className="none">{text.notHeld}</p>
            <button type="button" className="button primary" onClick={() => setOpen('add')}>
              {text.addTo(name)}
            </button>
          </section>
        )}
        {archive.day && price !== undefined && (
          <CardBoundary about={symbol}>
            <DayRange day={archive.day} volume={archive.volume} price={price} base={base} quote={quote} />
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
