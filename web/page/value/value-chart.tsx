import { useEffect, useRef, useState } from 'react';
import 'uplot/dist/uPlot.min.css';
import { grouped } from '@tickfolio/lib/look/amount';
import { useDiscreet } from '../display/choices.js';
import { useDark } from '../display/theme.js';
import { Figure } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';
import { lackWords } from './mark-words.js';
import { findAt, isMarked, type ValueLine } from './value-line.js';
import { createValuePlot, type ValuePlot } from './value-plot.js';

interface Pointed {
  readonly atMs: number;
  readonly nearMs: number;
}

/** What the pointer is at: the exact value and its moment, or from when to when nothing is recorded. */
const Legend = ({ line, pointed }: { readonly line: ValueLine; readonly pointed: Pointed | undefined }) => {
  const { text, times } = useSpeaking();
  const found = pointed && findAt(line, pointed.atMs, pointed.nearMs);
  const isGap = found !== undefined && !('value' in found);
  return (
    <p className="chart-legend" aria-hidden="true">
      {found && 'value' in found && (
        <>
          <Figure>{times.full(found.atMs)}</Figure>
          <Figure className="strong" isPrivate>{`${grouped(found.value, text.numbers)} USDT`}</Figure>
          {isMarked(found) && (
            <span className="dashed">
              <span>{lackWords(found, text)}</span>
            </span>
          )}
        </>
      )}
      {isGap && <Figure>{`${times.near(found.fromMs, found.toMs)} – ${times.full(found.toMs)}`}</Figure>}
      {(isGap || (!found && line.gaps.length > 0)) && (
        <span className="hatched">
          <span>{text.notRecorded}</span>
        </span>
      )}
      {!found && line.marks.length > 0 && (
        <span className="dashed">
          <span>{text.inPart}</span>
        </span>
      )}
    </p>
  );
};

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
      <Legend line={line} pointed={pointed} />
      <div ref={box} className="chart-box chart-short" role="img" aria-label={label} />
    </div>
  );
};
