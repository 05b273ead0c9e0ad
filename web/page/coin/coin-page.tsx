import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { Skeleton } from '../frame/skeleton.js';
import type { Row } from '../live/portfolio-view.js';
import { useLive, useParts } from '../parts.js';
import { ChangeMark } from '../portfolio/change-mark.js';
import { CoinBadge } from '../portfolio/coin-badge.js';
import { Digits } from '../portfolio/digits.js';
import { Freshness } from '../portfolio/freshness.js';
import { NoPrice, PriceTag } from '../portfolio/price-state.js';
import { useNewListings, useSymbols } from '../portfolio/use-symbols.js';
import { isProblem } from '../session/problem.js';
import { grouped, timeUtc } from '../text/amount.js';
import { coinName } from '../text/coin-names.js';
import { useText } from '../text/language.js';
import type { Candle } from '../value/chart.js';
import { RangeTabs } from '../value/range-tabs.js';
import { useDayOpens } from '../value/use-day-opens.js';
import { DayRange } from './day-range.js';

const Chart = lazy(() => import('../value/chart.js').then(({ Chart: found }) => ({ default: found })));
const AddCoinDialog = lazy(() => import('../portfolio/add-coin-dialog.js').then(({ AddCoinDialog: found }) => ({ default: found })));
const ChangeCoinDialog = lazy(() =>
  import('../portfolio/change-coin-dialog.js').then(({ ChangeCoinDialog: found }) => ({ default: found })),
);

const ranges = ['1h', '6h', '24h', '7d', '30d', '1y'] as const;
type Range = (typeof ranges)[number];

interface CandleText {
  readonly Time: string;
  readonly Open: string;
  readonly High: string;
  readonly Low: string;
  readonly Close: string;
}
interface CandlesAnswer {
  readonly Range: Range;
  readonly StepSeconds: number;
  readonly Candles: readonly CandleText[];
  readonly Today: CandleText | null;
  readonly Volume: { readonly Base: string; readonly Quote: string } | null;
}

const refreshMs = 30_000;
const noReason = { state: undefined, stateOf: undefined };
const candleOf = ({ Time, Open, High, Low, Close }: CandleText): Candle => ({
  atMs: Date.parse(Time),
  open: Open,
  high: High,
  low: Low,
  close: Close,
});

/** The candle that is still growing: the archive's last one, or a new one, moved by the live price. */
const useNewest = (candles: readonly Candle[], stepMs: number, price: string | undefined, asOfMs: number): Candle | undefined => {
  const kept = useRef<Candle>(undefined);
  if (price === undefined || stepMs === 0) return undefined;
  const atMs = Math.floor(asOfMs / stepMs) * stepMs;
  const known = kept.current?.atMs === atMs ? kept.current : candles.findLast((candle) => candle.atMs === atMs);
  const { open, high, low, close } = known ?? { open: price, high: price, low: price, close: undefined };
  if (kept.current?.atMs === atMs && close === price) return kept.current;
  // Which of two is larger, for drawing: exact texts stay what they are.
  const larger = Number(price) > Number(high) ? price : high;
  const smaller = Number(price) < Number(low) ? price : low;
  kept.current = { atMs, open, high: larger, low: smaller, close: price };
  return kept.current;
};

const Position = ({ row, onChange }: { readonly row: Row; readonly onChange: () => void }) => {
  const text = useText();
  return (
    <section className="card position" aria-labelledby="position-title">
      <div className="panel-head">
        <h2 id="position-title">{text.yourPosition}</h2>
        <button type="button" className="button small" onClick={onChange}>
          {text.actions(row.base)}
        </button>
      </div>
      <dl className="facts">
        <div>
          <dt>{text.value}</dt>
          <dd className="digits large">{row.valueText ? `${row.valueText} USDT` : '–'}</dd>
        </div>
        <div>
          <dt>{text.quantity}</dt>
          <dd className="digits">
            {row.quantityText} {row.base}
          </dd>
        </div>
        <div>
          <dt>{text.share}</dt>
          <dd className="digits">{row.share ?? '–'}</dd>
        </div>
        {row.today && (
          <div>
            <dt>{row.todaySinceMs === undefined ? text.today : text.since(timeUtc(row.todaySinceMs))}</dt>
            <dd>
              <ChangeMark change={row.today} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
};

/** One coin: its price now and before, and what is held of it. */
export const CoinPage = () => {
  const text = useText();
  const { symbol: given } = useParams({ from: '/coins/$symbol' });
  const symbol = given.toLowerCase();
  const { session } = useParts();
  const view = useLive((state) => state.view);
  const symbols = useSymbols();
  useDayOpens();
  const [range, setRange] = useState<Range>('1h');
  const [open, setOpen] = useState(false);
  const { data, error, isError, isPlaceholderData } = useQuery({
    queryKey: ['candles', symbol, range],
    queryFn: () => session.call<CandlesAnswer>('GET', `/api/v1/coins/${encodeURIComponent(symbol)}/candles?range=${range}`),
    refetchInterval: refreshMs,
    placeholderData: (before) => before,
    retry: false,
  });
  const candles = useMemo(() => data?.Candles.map(candleOf) ?? [], [data]);
  const row = view?.rows.find((held) => held.symbol === symbol);
  const newest = useNewest(candles, isPlaceholderData ? 0 : (data?.StepSeconds ?? 0) * 1_000, row?.price, view?.asOfMs ?? 0);

  const listed = symbols.data?.find((entry) => entry.Symbol === symbol);
  useNewListings(symbols.data !== undefined && !listed && !row ? symbol : undefined);
  const unknown = isProblem(error, 404) || (symbols.data !== undefined && !listed && !row);
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
  const base = row?.base ?? listed?.BaseAsset ?? symbol.toUpperCase();
  const quote = row?.quote ?? listed?.QuoteAsset ?? '';
  const name = coinName(base) ?? base;
  const last = row?.priceText ?? (candles.length > 0 ? grouped(candles.at(-1)?.close ?? '', text.numbers) : undefined);
  const today = data?.Today ? candleOf(data.Today) : undefined;
  const volume = data?.Volume ? { base: data.Volume.Base, quote: data.Volume.Quote } : undefined;
  const first = candles[0];
  const label = first
    ? `${text.chartOf(name)}, ${text.ranges[range]}: ${first.open} → ${candles.at(-1)?.close} ${quote}`
    : text.chartOf(name);
  return (
    <div className="coin-page">
      <Link to="/" className="back-link">
        <span aria-hidden="true">←</span> {text.portfolio}
      </Link>
      <section className="coin-head" aria-labelledby="coin-title">
        <div className="coin-title">
          <CoinBadge asset={base} />
          <h1 id="coin-title">
            {name} <span className="coin-pair">{quote === 'USDT' ? base : `${base}/${quote}`}</span>
          </h1>
          {row?.stale && row.priceText && !row.pending && <PriceTag row={row} />}
          <Freshness />
        </div>
        <p className="coin-price large-digits">
          {last ? <Digits text={last} direction={row?.direction ?? 'same'} ticks={row?.ticks ?? 0} /> : <NoPrice row={row ?? noReason} />}
          <span className="unit">{quote}</span>
        </p>
        {row?.today && (
          <p>
            <ChangeMark change={row.today} percentOnly />{' '}
            {row.todaySinceMs !== undefined && <span className="none">{text.since(timeUtc(row.todaySinceMs))}</span>}
          </p>
        )}
      </section>
      <section className="card coin-chart" aria-label={text.chartOf(name)}>
        <div className="panel-head">
          <h2>{text.price}</h2>
          <RangeTabs ranges={ranges} value={range} onChange={setRange} />
        </div>
        {isError ? (
          <p className="panel-note">{text.noArchive}</p>
        ) : (
          <Suspense fallback={<div className="chart-box tall-380 bone" />}>
            {data ? <Chart label={label} candles={candles} newest={newest} height={380} /> : <div className="chart-box tall-380 bone" />}
          </Suspense>
        )}
      </section>
      <div className="coin-side">
        {row ? (
          <Position row={row} onChange={() => setOpen(true)} />
        ) : (
          <section className="card position">
            <h2>{text.yourPosition}</h2>
            <p className="none">{text.notHeld}</p>
            <button type="button" className="button primary" onClick={() => setOpen(true)}>
              {text.addTo(name)}
            </button>
          </section>
        )}
        {today && <DayRange today={today} volume={volume} price={row?.price ?? today.close} base={base} quote={quote} />}
      </div>
      <Suspense>
        {open && row && <ChangeCoinDialog symbol={symbol} onClose={() => setOpen(false)} />}
        {open && !row && <AddCoinDialog preset={{ symbol, base, quote, name }} onClose={() => setOpen(false)} />}
      </Suspense>
    </div>
  );
};
