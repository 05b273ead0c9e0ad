import { memo } from 'react';
import type { Holding } from '../live/holdings.js';
import type { Total } from '../live/portfolio-view.js';
import { Figure } from '../text/figure.js';
import { useText } from '../text/language.js';
import { isLopsided, type Part, partsOf } from './allocation-parts.js';

const radius = 42;
const around = 2 * Math.PI * radius;

const Ring = memo(({ sizes }: { readonly sizes: string }) => {
  const all = sizes.split(' ');
  // A part that is the whole is not parted from itself.
  const cut = all.length > 1 ? 1.2 : 0;
  let before = 0;
  return (
    <svg viewBox="0 0 100 100" className="ring" aria-hidden="true">
      {all.map((text, at) => {
        const size = Number(text) / 1_000;
        const from = before;
        before += size;
        return (
          <circle
            // The places of the ring stay; what stands in them changes.
            key={`part-${at.toString()}`}
            className={`part part-${at}`}
            cx="50"
            cy="50"
            r={radius}
            strokeDasharray={`${Math.max(0, size * around - cut)} ${around}`}
            strokeDashoffset={-from * around}
          />
        );
      })}
    </svg>
  );
});

/** So long that it is seen, in the bar's own units: tenths of a percent. */
const shortestBar = 6;

/** Where one coin is nearly all: lengths can be compared where slices of a ring cannot. */
const Bars = ({ parts }: { readonly parts: readonly Part[] }) => (
  <ol className="bars">
    {parts.map(({ key, label, share, tenths }, at) => (
      <li key={key}>
        <span className="legend-name" translate="no">
          {label}
        </span>
        <Figure>{share}</Figure>
        <svg viewBox="0 0 1000 8" preserveAspectRatio="none" className="bar" aria-hidden="true">
          <path className={`part-${at}`} d={`M0 4H${Math.max(shortestBar, tenths)}`} />
        </svg>
      </li>
    ))}
  </ol>
);

interface AllocationProps {
  readonly holdings: readonly Holding[];
  readonly total: Total;
}

/** What the portfolio is made of. The ring repeats what the list says. */
export const Allocation = ({ holdings, total }: AllocationProps) => {
  const text = useText();
  const parts = partsOf(holdings, total.value, text.others, text.numbers);
  return (
    <section className="card allocation" aria-labelledby="allocation-title">
      <h2 id="allocation-title">{text.allocation}</h2>
      {isLopsided(parts) ? (
        <Bars parts={parts} />
      ) : (
        <div className="allocation-in">
          {/* Drawn anew when a part moved by a tenth of a percent, not with every tick. */}
          <Ring sizes={parts.map(({ tenths }) => tenths).join(' ')} />
          <ol className="legend">
            {parts.map(({ key, label, share }, at) => (
              <li key={key}>
                <span className={`swatch part-${at}`} aria-hidden="true" />
                <span className="legend-name" translate="no">
                  {label}
                </span>
                <Figure>{share}</Figure>
              </li>
            ))}
          </ol>
        </div>
      )}
    </section>
  );
};
