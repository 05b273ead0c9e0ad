import { memo } from 'react';
import type { Row } from '../live/portfolio-view.js';
import { Figure } from '../text/figure.js';
import { useText } from '../text/language.js';

const maxParts = 6;
const radius = 42;
const around = 2 * Math.PI * radius;

interface Part {
  readonly key: string;
  readonly label: string;
  readonly size: number;
}

/** The largest coins, and the rest as one. */
const partsOf = (rows: readonly Row[], others: string): readonly Part[] => {
  const sorted = [...rows].filter((row) => row.shareSize > 0).sort((a, b) => b.shareSize - a.shareSize);
  const shown = sorted.length > maxParts ? sorted.slice(0, maxParts - 1) : sorted;
  const rest = sorted.slice(shown.length).reduce((sum, row) => sum + row.shareSize, 0);
  const parts = shown.map((row) => ({
    key: row.symbol,
    label: row.quote === 'USDT' ? row.base : `${row.base}/${row.quote}`,
    size: row.shareSize,
  }));
  return rest > 0 ? [...parts, { key: 'others', label: others, size: rest }] : parts;
};

const Ring = memo(({ sizes }: { readonly sizes: string }) => {
  const all = sizes.split(' ');
  // A part that is the whole is not parted from itself.
  const cut = all.length > 1 ? 1.2 : 0;
  let before = 0;
  return (
    <svg viewBox="0 0 100 100" className="ring" aria-hidden="true">
      {all.map((text, at) => {
        const size = Number(text) / 100;
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

/** What the portfolio is made of. The ring repeats what the list says. */
export const Allocation = ({ rows }: { readonly rows: readonly Row[] }) => {
  const text = useText();
  const parts = partsOf(rows, text.others);
  // Drawn anew when a part moved by a tenth of a percent, not with every tick.
  const percents = parts.map(({ size }) => (size * 100).toFixed(1));
  return (
    <section className="card allocation" aria-labelledby="allocation-title">
      <h2 id="allocation-title">{text.allocation}</h2>
      <div className="allocation-in">
        <Ring sizes={percents.join(' ')} />
        <ol className="legend">
          {parts.map(({ key, label }, at) => (
            <li key={key}>
              <span className={`swatch part-${at}`} aria-hidden="true" />
              <span className="legend-name" translate="no">
                {label}
              </span>
              <Figure>{`${percents[at]?.replace('.', text.numbers.point)} %`}</Figure>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
};
