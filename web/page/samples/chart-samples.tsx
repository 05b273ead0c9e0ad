import { useState } from 'react';
import { CandleChart } from '../coin/chart/candle-chart.js';
import { slotsOf } from '../coin/chart/plot/candle.js';
import { ChartBone, ChartFault, ChartNote } from '../kit/chart-states.js';
import { useText } from '../text/language.js';
import { lineOf } from '../value/line/recorded-line.js';
import { withHeld } from '../value/line/value-line.js';
import { RangeTabs } from '../value/range-tabs.js';
import { type RangeName, valueRanges } from '../value/ranges.js';
import { ValueChart } from '../value/value-chart.js';
import { nowMs } from './sample-parts.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const stepMs = 5 * minuteMs;
const valueAt = (ago: number): string => (170_000 + Math.round(Math.sin(ago / 9) * 2_000)).toString();

/** Recorded for twelve hours, with an hour without a record, and one without a price; before that what is held now. */
const recorded = Array.from({ length: 144 }, (_, at) => 144 - at)
  .filter((ago) => ago < 60 || ago > 72)
  .map((ago) => ({
    atMs: nowMs - ago * stepMs,
    value: valueAt(ago),
    ...(ago > 20 && ago < 32 ? { missing: ['dogeusdt'] } : {}),
  }));
const before = Array.from({ length: 288 }, (_, at) => 288 - at).map((ago) => ({
  atMs: nowMs - ago * stepMs,
  value: valueAt(ago),
  isHeld: true as const,
}));
const line = withHeld(
  lineOf(recorded, { atMs: nowMs, value: valueAt(0) }, { fromMs: nowMs - 24 * hourMs, coarsestMs: stepMs }, stepMs),
  { stepMs, points: before.filter(({ atMs }) => atMs < nowMs - 13 * hourMs), left: [] },
);

export const ValueSample = () => <ValueChart label="Value" line={line} />;

const candles = Array.from({ length: 90 }, (_, at) => 90 - at).map((ago) => {
  const [open, close] = [Number(valueAt(ago)) / 10, Number(valueAt(ago - 1)) / 10];
  const texts = { open: `${open}`, close: `${close}`, high: `${Math.max(open, close) + 40}` };
  return { ...texts, low: `${Math.min(open, close) - 40}`, atMs: nowMs - ago * hourMs, volume: `${ago % 17}` };
});

export const CandleSample = () => (
  <CandleChart
    symbol="btcusdt"
    about="sample"
    label="Price"
    type="candles"
    slots={slotsOf(candles, hourMs, nowMs, 90, true)}
    stepMs={hourMs}
    newest={undefined}
    onOldest={() => undefined}
  />
);

export const RangeSample = () => {
  const [range, setRange] = useState<RangeName>('1d');
  return <RangeTabs ranges={valueRanges} value={range} onChange={setRange} />;
};

export const StateSample = () => {
  const text = useText();
  return (
    <>
      <ChartBone size="short" />
      <ChartNote>{text.noHistory}</ChartNote>
      <ChartFault onRetry={() => undefined}>{text.historyAway}</ChartFault>
    </>
  );
};
