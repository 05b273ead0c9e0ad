import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ValueRange } from '@tickfolio/api/history';
import { grouped } from '@tickfolio/lib/look/amount';
import { formatDecimal } from '@tickfolio/lib/money';
import { Suspense, useMemo, useRef } from 'react';
import { useDiscreet } from '../display/choices.js';
import { ChartBone, ChartFault, ChartNote } from '../kit/chart-states.js';
import { latePart } from '../kit/late-part.js';
import type { Total } from '../live/portfolio-view.js';
import { usePace, useParts } from '../parts.js';
import { CardBoundary } from '../shell/card-boundary.js';
import { hiddenAmount } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';
import { hasWideGap } from './line/held-stretches.js';
import { type LinePoint, lineOf } from './line/recorded-line.js';
import { type ValueLine, withHeld } from './line/value-line.js';
import { markWords } from './mark-words.js';
import { RangeTabs } from './range-tabs.js';
import {
  coarsestStepMs,
  heldRange,
  type RangeName,
  rangeOf,
  rangeStart,
  searchOf,
  servedRange,
  valueRanges,
} from './ranges.js';
import { type RecordedValues, readValues, type ValueAnswer } from './recorded-values.js';
import { useHeldValues } from './use-held-values.js';

const ValueChart = latePart(() => import('./value-chart.js').then(({ ValueChart: found }) => found));

const refreshMs = 60_000;
/** What is recorded is brought up to date every minute; older than this it was missed. */
const outdatedMs = 5 * refreshMs;
/** The moving end is drawn this often at most. */
const liveEveryMs = 1_000;

/** The value of a beat's first frame will do until the next beat. */
const useLiveEnd = (beat: number, value: string): LinePoint => {
  const kept = useRef<LinePoint>(undefined);
  if (kept.current?.atMs !== beat) kept.current = { atMs: beat, value };
  return kept.current;
};

/** What is recorded, brought up to date every minute. */
const useRecordedValues = (range: ValueRange) => {
  const { session, clock } = useParts();
  const client = useQueryClient();
  const queryKey = ['value', range];
  return useQuery({
    queryKey,
    queryFn: () => {
      const ask = (query: string) => session.call<ValueAnswer>('GET', `/api/v1/profile/value?${query}`);
      return readValues(ask, range, client.getQueryData<RecordedValues>(queryKey), clock.monotonic());
    },
    refetchInterval: usePace(refreshMs),
  });
};

/** Says to who does not see it what the line says. */
const useLabel = (line: ValueLine, range: RangeName): string => {
  const { text, times } = useSpeaking();
  const isDiscreet = useDiscreet();
  const lacks = useMemo(() => markWords(line.marks, text, times), [line.marks, text, times]);
  const shown = (point: LinePoint | undefined) =>
    isDiscreet ? hiddenAmount : point ? `${grouped(point.value, text.numbers)} USDT` : '';
  const before = line.held.at(-1);
  return [
    `${text.valueOverTime}, ${text.ranges[range]}: ${shown(line.points[0])} → ${shown(line.points.at(-1))}`,
    ...(lacks ? [lacks] : []),
    ...(before ? [text.asIfHeldBefore(times.full(before.toMs))] : []),
  ].join('. ');
};

const Line = ({ line, range }: { readonly line: ValueLine; readonly range: RangeName }) => (
  <ValueChart label={useLabel(line, range)} line={line} />
);

interface ValuePanelProps {
  readonly total: Total;
  /** The server's now, in epoch milliseconds. */
  readonly asOfMs: number;
}

/**
 * What the portfolio was worth, recorded every minute by the server, with the present moment at its end; before the
 * record what is held now, at the prices of then.
 */
export const ValuePanel = ({ total, asOfMs }: ValuePanelProps) => {
  const { text, times } = useSpeaking();
  const { store } = useParts();
  const range = rangeOf(useSearch({ from: '/' }));
  const navigate = useNavigate({ from: '/' });
  const served = servedRange(range, asOfMs, times);
  const { data, isError, dataUpdatedAt, refetch } = useRecordedValues(served);
  const live = useLiveEnd(Math.floor(asOfMs / liveEveryMs) * liveEveryMs, formatDecimal(total.value));
  const recorded = useMemo(() => {
    if (!data) return undefined;
    const fromMs = rangeStart(range, live.atMs, times, data.points[0]?.atMs);
    return lineOf(data.points, live, { fromMs, coarsestMs: coarsestStepMs[served] }, data.stepMs);
  }, [data, live, range, served, times]);
  const held = useHeldValues(heldRange(served), recorded !== undefined && hasWideGap(recorded));
  const newest = useMemo(() => recorded && withHeld(recorded, held.history), [recorded, held.history]);
  // A computer that slept knows nothing of the night yet, which is not that nothing was recorded.
  const isOutdated = !isError && asOfMs - store.serverTime(dataUpdatedAt) > outdatedMs;
  const kept = useRef({ range, line: newest });
  if (!isOutdated || kept.current.range !== range) kept.current = { range, line: newest };
  const { line } = kept.current;
  const choose = (next: RangeName) =>
    void navigate({ search: (before) => ({ ...before, ...searchOf(next) }), replace: true, resetScroll: false });
  const content = () => {
    if (isError && !data) return <ChartFault onRetry={() => void refetch()}>{text.historyAway}</ChartFault>;
    if (!line || held.isLoading) return <ChartBone size="short" />;
    const isBare = data?.points.length === 0 && line.held.length === 0;
    if (isBare && (held.isChanging || (held.isAway && held.isAsking))) return <ChartBone size="short" />;
    if (isBare)
      return held.isAway ? (
        <ChartFault onRetry={() => void held.refetch()}>{`${text.noHistory} ${text.heldAway}`}</ChartFault>
      ) : (
        <ChartNote>{text.noHistory}</ChartNote>
      );
    return (
      <>
        <Line line={line} range={range} />
        {isError && <p className="chart-old">{text.oldSince(times.near(store.serverTime(dataUpdatedAt), asOfMs))}</p>}
        {held.isAway && <p className="chart-old">{text.heldAway}</p>}
      </>
    );
  };
  return (
    <section className="card value-panel" aria-labelledby="value-title">
      <div className="panel-head">
        <h2 id="value-title">{text.valueOverTime}</h2>
        <RangeTabs ranges={valueRanges} value={range} onChange={choose} />
      </div>
      <CardBoundary about={range}>
        <Suspense fallback={<ChartBone size="short" />}>{content()}</Suspense>
      </CardBoundary>
    </section>
  );
};
