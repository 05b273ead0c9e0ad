import { grouped } from '@tickfolio/lib/look/amount';
import { useEffect, useRef, useState } from 'react';
import { useDark } from '../../display/theme.js';
import { Figure } from '../../text/figure.js';
import { useSpeaking } from '../../text/language.js';
import type { Candle, Slot } from './plot/candle.js';
import { type CandlePlot, createCandlePlot, startText } from './plot/candle-plot.js';

export interface CandleChartProps {
  readonly label: string;
  readonly slots: readonly Slot[];
  /** Of one candle. */
  readonly stepMs: number;
  /** What moves at the end. */
  readonly newest: Candle | undefined;
}

const [minDecimals, maxDecimals] = [2, 8];
const decimalsOf = (slots: readonly Slot[]): number => {
  const closes = slots.flatMap(({ candle }) => candle?.close ?? []).slice(-50);
  return Math.min(maxDecimals, Math.max(minDecimals, ...closes.map((text) => text.split('.')[1]?.length ?? 0)));
};

const pricesOf = ({ open, high, low, close }: Candle) => [open, high, low, close] as const;

/** Draws candles. Numbers are for the pixels; what is read as text is the exact one. */
export const CandleChart = ({ label, slots, stepMs, newest }: CandleChartProps) => {
  const { text, times } = useSpeaking();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<CandlePlot>(undefined);
  const [pointedMs, setPointedMs] = useState<number>();
  const dark = useDark();
  const decimals = decimalsOf(slots);
  const moving = useRef(newest);
  moving.current = newest;

  // A theme change makes the chart anew, because it takes its colours only once.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    element.dataset.look = dark ? 'dark' : 'light';
    const format = (price: number) => grouped(price.toFixed(decimals), text.numbers);
    const made = createCandlePlot(element, slots, { times, stepMs, decimals, format, onPoint: setPointedMs });
    if (moving.current) made.update(moving.current);
    plot.current = made;
    return () => {
      plot.current = undefined;
      made.close();
    };
  }, [slots, stepMs, dark, text, times, decimals]);

  useEffect(() => {
    if (newest) plot.current?.update(newest);
  }, [newest]);

  const pointed = newest?.atMs === pointedMs ? newest : slots.find(({ atMs }) => atMs === pointedMs)?.candle;
  const prices =
    pointed &&
    ([text.open, text.high, text.low, text.close] as const).map((name, at) => ({
      name,
      price: pricesOf(pointed)[at] ?? '',
    }));
  return (
    <div className="chart">
      <p className="chart-legend" aria-hidden="true">
        {pointedMs !== undefined && <Figure>{startText(times, stepMs, pointedMs)}</Figure>}
        {pointedMs !== undefined && !pointed && <span>{text.notRecorded}</span>}
        {prices?.map(({ name, price }) => (
          <span key={name} className="chart-price">
            <span>{name}</span> <Figure>{grouped(price, text.numbers)}</Figure>
          </span>
        ))}
      </p>
      <div ref={box} className="chart-box chart-tall" role="img" aria-label={label} />
    </div>
  );
};
