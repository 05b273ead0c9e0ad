import { useQuery } from '@tanstack/react-query';
import { formatDecimal } from '@tickfolio/lib/money';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { CardBoundary } from '../frame/card-boundary.js';
import type { Total } from '../live/portfolio-view.js';
import { useParts } from '../parts.js';
import { grouped } from '../text/amount.js';
import { useText } from '../text/language.js';
import { RangeTabs } from './range-tabs.js';
import { type ValueRange, valueRanges } from './ranges.js';
import { type LinePoint, lineOf } from './value-line.js';

const ValueChart = lazy(() => import('./value-chart.js').then(({ ValueChart: found }) => ({ default: found })));

interface ValueAnswer {
  readonly Range: ValueRange;
  readonly Points: readonly { readonly Time: string; readonly Value: string }[];
}

const refreshMs = 60_000;
/** The moving end is drawn this often at most. */
const liveEveryMs = 1_000;
const noPoints: readonly LinePoint[] = [];

/** The value of a beat's first frame will do until the next beat. */
const useLiveEnd = (beat: number, value: string): LinePoint => {
  const kept = useRef<LinePoint>(undefined);
  if (kept.current?.atMs !== beat) kept.current = { atMs: beat, value };
  return kept.current;
};

interface LineProps {
  readonly recorded: readonly LinePoint[];
  readonly live: LinePoint;
  readonly range: ValueRange;
}

const Line = ({ recorded, live, range }: LineProps) => {
  const text = useText();
  const line = useMemo(() => lineOf(recorded, live, range), [recorded, live, range]);
  const shown = (point: LinePoint | undefined) => (point ? `${grouped(point.value, text.numbers)} USDT` : '');
  const label = `${text.valueOverTime}, ${text.ranges[range]}: ${shown(line.points[0])} → ${shown(live)}`;
  return <ValueChart label={label} line={line} />;
};

interface ValuePanelProps {
  readonly total: Total;
  /** The server's now, in epoch milliseconds. */
  readonly asOfMs: number;
}

/** What the portfolio was worth, recorded every minute by the server, with the present moment at its end. */
export const ValuePanel = ({ total, asOfMs }: ValuePanelProps) => {
  const text = useText();
  const { session } = useParts();
  const [range, setRange] = useState<ValueRange>('24h');
  const { data, isError, refetch } = useQuery({
    queryKey: ['value', range],
    queryFn: () => session.call<ValueAnswer>('GET', `/api/v1/profile/value?range=${range}`),
    refetchInterval: refreshMs,
  });
  const recorded = useMemo(() => data?.Points.map(({ Time, Value }) => ({ atMs: Date.parse(Time), value: Value })) ?? noPoints, [data]);
  const live = useLiveEnd(Math.floor(asOfMs / liveEveryMs) * liveEveryMs, formatDecimal(total.value));
  return (
    <section className="card value-panel" aria-labelledby="value-title">
      <div className="panel-head">
        <h2 id="value-title">{text.valueOverTime}</h2>
        <RangeTabs ranges={valueRanges} value={range} onChange={setRange} />
      </div>
      {isError && !data ? (
        <div className="panel-note">
          <p>{text.historyAway}</p>
          <button type="button" className="button small" onClick={() => void refetch()}>
            {text.tryAgain}
          </button>
        </div>
      ) : data && recorded.length === 0 ? (
        <p className="panel-note">{text.noHistory}</p>
      ) : (
        <CardBoundary about={range}>
          <Suspense fallback={<div className="chart-box tall-240 bone" />}>
            {data ? <Line recorded={recorded} live={live} range={range} /> : <div className="chart-box tall-240 bone" />}
          </Suspense>
        </CardBoundary>
      )}
    </section>
  );
};
