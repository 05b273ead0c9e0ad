import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ValueRange } from '@tickfolio/api/history';
import { grouped } from '@tickfolio/lib/look/amount';
import { formatDecimal } from '@tickfolio/lib/money';
import { Suspense, useMemo, useRef, useState } from 'react';
import { useDiscreet } from '../display/choices.js';
import { latePart } from '../kit/late-part.js';
import type { Total } from '../live/portfolio-view.js';
import { usePace, useParts } from '../parts.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { hiddenAmount } from '../text/figure.js';
import { useSpeaking, useText } from '../text/language.js';
import { markWords } from './mark-words.js';
import { RangeTabs } from './range-tabs.js';
import { valueRanges } from './ranges.js';
import { type RecordedValues, readValues, type ValueAnswer } from './recorded-values.js';
import { type LinePoint, lineOf } from './value-line.js';

const ValueChart = latePart(() => import('./value-chart.js').then(({ ValueChart: found }) => found));

const refreshMs = 60_000;
/** The moving end is drawn this often at most. */
const liveEveryMs = 1_000;

/** The value of a beat's first frame will do until the next beat. */
const useLiveEnd = (beat: number, value: string): LinePoint => {
  const kept = useRef<LinePoint>(undefined);
  if (kept.current?.atMs !== beat) kept.current = { atMs: beat, value };
  return kept.current;
};

interface LineProps {
  readonly recorded: RecordedValues;
  readonly live: LinePoint;
  readonly range: ValueRange;
}

const Line = ({ recorded, live, range }: LineProps) => {
  const { text, times } = useSpeaking();
  const line = useMemo(() => lineOf(recorded.points, live, range, recorded.stepMs), [recorded, live, range]);
  const lacks = useMemo(() => markWords(line.marks, text, times), [line.marks, text, times]);
  const isDiscreet = useDiscreet();
  const shown = (point: LinePoint | undefined) =>
    isDiscreet ? hiddenAmount : point ? `${grouped(point.value, text.numbers)} USDT` : '';
  const label = `${text.valueOverTime}, ${text.ranges[range]}: ${shown(line.points[0])} → ${shown(live)}${lacks ? `. ${lacks}` : ''}`;
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
  const { session, clock } = useParts();
  const client = useQueryClient();
  const [range, setRange] = useState<ValueRange>('24h');
  const queryKey = ['value', range];
  const { data, isError, refetch } = useQuery({
    queryKey,
    queryFn: () => {
      const ask = (query: string) => session.call<ValueAnswer>('GET', `/api/v1/profile/value?${query}`);
      return readValues(ask, range, client.getQueryData<RecordedValues>(queryKey), clock.monotonic());
    },
    refetchInterval: usePace(refreshMs),
  });
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
      ) : data?.points.length === 0 ? (
        <p className="panel-note">{text.noHistory}</p>
      ) : (
        <CardBoundary about={range}>
          <Suspense fallback={<div className="chart-box chart-short bone" />}>
            {data ? <Line recorded={data} live={live} range={range} /> : <div className="chart-box chart-short bone" />}
          </Suspense>
        </CardBoundary>
      )}
    </section>
  );
};
