import { useNavigate } from '@tanstack/react-router';
import { Suspense, useRef } from 'react';
import { ChartBone, ChartFault, ChartNote } from '../../kit/chart-states.js';
import { latePart } from '../../kit/late-part.js';
import { useOwnMarks } from '../../orders/use-own-marks.js';
import { CardBoundary } from '../../shell/card-boundary.js';
import { useAssetText } from '../../text/asset/use-asset-text.js';
import {
  type AssetSearch,
  type ChartInterval,
  type ChartType,
  chartIntervals,
  chartTypes,
} from '../../text/asset-address.js';
import { useSpeaking } from '../../text/language.js';
import { usePriceText } from '../../text/use-price-text.js';
import { ChartIcon } from './chart-icon.js';
import { type ChartOptions, useChart } from './use-chart.js';
import { useFullScreen } from './use-full-screen.js';

const CandleChart = latePart(() => import('./candle-chart.js').then(({ CandleChart: found }) => found));

interface ToolbarProps {
  readonly interval: ChartInterval;
  readonly type: ChartType;
}

/** How long candles are and how they are drawn; both stand in the address. */
const Toolbar = ({ interval, type }: ToolbarProps) => {
  const text = useAssetText();
  const navigate = useNavigate();
  const choose = (more: AssetSearch) =>
    void navigate({ to: '.', search: (before) => ({ ...before, ...more }), replace: true, resetScroll: false });
  return (
    <>
      <fieldset className="ranges">
        <legend className="visually-hidden">{text.interval}</legend>
        {chartIntervals.map((one) => (
          <button
            key={one}
            type="button"
            title={text.intervals[one]}
            aria-pressed={one === interval}
            onClick={() => choose({ interval: one })}
          >
            {text.intervalShort[one]}
          </button>
        ))}
      </fieldset>
      <select
        className="choice-select"
        aria-label={text.chartType}
        value={type}
        onChange={({ target }) => choose({ type: chartTypes.find((one) => one === target.value) })}
      >
        {chartTypes.map((one) => (
          <option key={one} value={one}>
            {text.chartTypes[one]}
          </option>
        ))}
      </select>
    </>
  );
};

interface ChartCardProps extends ChartOptions, ToolbarProps {
  readonly name: string;
  /** Empty where nobody knows it. */
  readonly quote: string;
}

/** The price of a coin in the course of time; where there is none to draw, why. */
export const ChartCard = ({ name, quote, type, ...options }: ChartCardProps) => {
  const { times } = useSpeaking();
  const text = useAssetText();
  const { symbol, interval, archive, asOfMs } = options;
  const priceText = usePriceText(symbol);
  const own = useOwnMarks(symbol);
  const card = useRef<HTMLElement>(null);
  const fullScreen = useFullScreen(card);
  const { slots, stepMs, newest, first, last, isArchived, klines } = useChart(options);
  const retry = () => {
    void klines.refetch();
    void archive.refetch();
  };
  const span = first ? `: ${priceText(first.open)} → ${priceText(last?.close ?? first.open)} ${quote}` : '';
  const { orders, trades } = own;
  const ownWords = orders.length + trades.length > 0 ? `; ${text.ownOnChart(orders.length, trades.length)}` : '';
  const oldSinceMs = isArchived ? archive.oldSinceMs : klines.oldSinceMs;
  const content = () => {
    if (!first && (!newest || klines.isLoading)) {
      if (klines.isLoading || (!archive.isLoaded && archive.error === null)) return <ChartBone size="tall" />;
      if (klines.isAway || archive.error !== null)
        return (
          <ChartFault onRetry={retry}>
            {archive.isNowhere && !klines.isAway ? text.noArchive : text.historyAway}
          </ChartFault>
        );
      return <ChartNote>{text.noCandles}</ChartNote>;
    }
    return (
      <>
        <CandleChart
          symbol={symbol}
          about={`${symbol} ${interval}`}
          label={`${text.chartOf(name)}, ${text.intervals[interval]}${span}${ownWords}`}
          {...{ type, slots, stepMs, newest, own }}
          onOldest={klines.loadOlder}
        />
        {klines.isAway && <p className="chart-old">{isArchived ? text.ownArchive : text.onlyLive}</p>}
        {oldSinceMs !== undefined && <p className="chart-old">{text.oldSince(times.near(oldSinceMs, asOfMs))}</p>}
        {klines.isOlderAway && <p className="chart-old">{text.olderAway}</p>}
      </>
    );
  };
  const fullName = fullScreen.isFull ? text.leaveFullScreen : text.fullScreen;
  return (
    <section ref={card} className="card coin-chart" aria-label={text.chartOf(name)}>
      <div className="panel-head">
        <h2>{fullScreen.isFull ? text.chartOf(name) : text.price}</h2>
        {fullScreen.isFull && options.isSimulated && <span className="pill">{text.simulatedShort}</span>}
        <Toolbar interval={interval} type={type} />
        {fullScreen.isPossible && (
          <button
            type="button"
            className="icon-button"
            aria-label={fullName}
            title={fullName}
            onClick={fullScreen.toggle}
          >
            <ChartIcon name={fullScreen.isFull ? 'leave-full-screen' : 'full-screen'} />
          </button>
        )}
      </div>
      {fullScreen.isRefused && <p className="chart-old">{text.fullScreenRefused}</p>}
      <CardBoundary about={`${symbol} ${interval} ${type}`}>
        <Suspense fallback={<ChartBone size="tall" />}>{content()}</Suspense>
      </CardBoundary>
    </section>
  );
};
