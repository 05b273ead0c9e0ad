import { useEffect, useRef, useState } from 'react';
import 'uplot/dist/uPlot.min.css';
import { useDiscreet } from '../display/choices.js';
import { useDark } from '../display/theme.js';
import { useSpeaking } from '../text/language.js';
import type { ValueLine } from './line/value-line.js';
import { createValuePlot, type ValuePlot } from './plot/value-plot.js';
import { type Pointed, ValueLegend } from './value-legend.js';

/** The value in the course of time. Numbers are for the pixels; what is read as text is the exact one. */
export const ValueChart = ({ label, line }: { readonly label: string; readonly line: ValueLine }) => {
  const { text, times } = useSpeaking();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<ValuePlot>(undefined);
  const [pointed, setPointed] = useState<Pointed>();
  const dark = useDark();
  const isDiscreet = useDiscreet();
  const moving = useRef(line);
  moving.current = line;

  // A theme change makes the chart anew, because it takes its colours only once.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    element.dataset.look = dark ? 'dark' : 'light';
    const { numbers, sizes } = text;
    const onPoint = (atMs: number | undefined, nearMs: number) =>
      setPointed(atMs === undefined ? undefined : { atMs, nearMs });
    const made = createValuePlot(element, moving.current, { times, numbers, sizes, isDiscreet, onPoint });
    plot.current = made;
    return () => {
      plot.current = undefined;
      made.close();
    };
  }, [dark, isDiscreet, text, times]);

  useEffect(() => plot.current?.update(line), [line]);

  return (
    <div className="chart">
      <ValueLegend line={line} pointed={pointed} />
      <div ref={box} className="chart-box chart-short" role="img" aria-label={label} />
    </div>
  );
};
