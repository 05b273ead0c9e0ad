import { useQuery } from '@tanstack/react-query';
import { formatDecimal } from '@tickfolio/lib/money';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import type { Total } from '../live/portfolio-view.js';
import { useParts } from '../parts.js';
import { grouped } from '../text/amount.js';
import { useText } from '../text/language.js';
import type { LinePoint } from './chart.js';
import { RangeTabs } from './range-tabs.js';

const Chart = lazy(() => import('./chart.js').then(({ Chart: found }) => ({ default: found })));

const ranges = ['1h', '24h', '7d', '30d', '1y'] as const;
type Range = (typeof ranges)[number];

interface ValueAnswer {
  readonly Range: Range;
  readonly Points: readonly { readonly Time: string; readonly Value: string }[];
}

const refreshMs = 60_000;
/** The moving end is drawn this often at most. */
const newestEveryMs = 1_000;
const noPoints: readonly LinePoint[] = [];

/** The value of a beat's first frame will do until the next beat. */
const useNewest = (beat: number, total: Total): LinePoint => {
  const kept = useRef<LinePoint>(undefined);
  if (kept.current?.atMs !== beat) kept.current = { atMs: beat, value: formatDecimal(total.value) };
  return kept.current;
};

/** What the portfolio was worth, recorded every minute by the server, with the present moment at its end. */
export const ValuePanel = ({ total, asOfMs }: { readonly total: Total; readonly asOfMs: number }) => {
  const text = useText();
  const { session } = useParts();
  const [range, setRange] = useState<Range>('24h');
  const { data, isError, refetch } = useQuery({
    queryKey: ['value', range],
    queryFn: () => session.call<ValueAnswer>('GET', `/api/v1/profile/value?range=${range}`),
    refetchInterval: refreshMs,
  });
  const line = useMemo(() => data?.Points.map(({ Time, Value }) => ({ atMs: Date.parse(Time), value: Value })) ?? noPoints, [data]);
  const beat = Math.floor(asOfMs / newestEveryMs) * newestEveryMs;
  const newest = useNewest(beat, total);
  const [first, last] = [line[0], newest];
  const label = first
    ? `${text.valueOverTime}, ${text.ranges[range]}: ${grouped(first.value, text.numbers)} → ${grouped(last.value, text.numbers)} USDT`
    : text.valueOverTime;
  return (
    <section className="card value-panel" aria-labelledby="value-title">
      <div className="panel-head">
        <h2 id="value-title">{text.valueOverTime}</h2>
        <RangeTabs ranges={ranges} value={range} onChange={setRange} />
      </div>
      {isError ? (
        <p className="panel-note">
          {text.historyAway}{' '}
          <button type="button" className="button small" onClick={() => void refetch()}>
            {text.tryAgain}
          </button>
        </p>
      ) : data && line.length === 0 ? (
        <p className="panel-note">{text.noHistory}</p>
      ) : (
        <Suspense fallback={<div className="chart-box tall-240 bone" />}>
          {data ? <Chart label={label} line={line} newest={newest} height={240} /> : <div className="chart-box tall-240 bone" />}
        </Suspense>
      )}
    </section>
  );
};
