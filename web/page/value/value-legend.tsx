import { grouped } from '@tickfolio/lib/look/amount';
import { Figure } from '../text/figure.js';
import { useSpeaking } from '../text/language.js';
import { isMarked } from './line/recorded-line.js';
import { findAt, type ValueLine } from './line/value-line.js';
import { lackWords } from './mark-words.js';

export interface Pointed {
  readonly atMs: number;
  readonly nearMs: number;
}

interface ValueLegendProps {
  readonly line: ValueLine;
  readonly pointed: Pointed | undefined;
}

type LookName = 'hatched' | 'dashed' | 'dotted';

/** How something is drawn, and what that means. */
const Look = ({ name, children }: { readonly name: LookName; readonly children: string }) => (
  <span className={name}>
    <span>{children}</span>
  </span>
);

/** What the pointer is at: the exact value and its moment, or from when to when nothing is known; else what is drawn. */
export const ValueLegend = ({ line, pointed }: ValueLegendProps) => {
  const { text, times } = useSpeaking();
  const found = pointed && findAt(line, pointed.atMs, pointed.nearMs);
  const asIfHeld = (more: readonly string[] = []) => {
    const lacks = lackWords({ missing: [...more, ...line.left] }, text);
    return [text.asIfHeld, ...(lacks ? [lacks] : [])].join(', ');
  };
  if (!found)
    return (
      <p className="chart-legend" aria-hidden="true">
        {line.held.length > 0 && <Look name="dotted">{asIfHeld()}</Look>}
        {line.bare.length > 0 && <Look name="hatched">{text.notRecorded}</Look>}
        {line.marks.length > 0 && <Look name="dashed">{text.inPart}</Look>}
      </p>
    );
  if (!('value' in found))
    return (
      <p className="chart-legend" aria-hidden="true">
        <Figure>{`${times.near(found.fromMs, found.toMs)} – ${times.full(found.toMs)}`}</Figure>
        <Look name="hatched">{text.notRecorded}</Look>
      </p>
    );
  return (
    <p className="chart-legend" aria-hidden="true">
      <Figure>{times.full(found.atMs)}</Figure>
      <Figure className="strong" isPrivate>{`${grouped(found.value, text.numbers)} USDT`}</Figure>
      {found.isHeld ? (
        <Look name="dotted">{asIfHeld(found.missing)}</Look>
      ) : (
        isMarked(found) && <Look name="dashed">{lackWords(found, text)}</Look>
      )}
    </p>
  );
};
