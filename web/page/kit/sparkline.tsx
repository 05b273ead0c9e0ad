import { memo, useSyncExternalStore } from 'react';
import { type TrailPoint, trailSpanMs } from '../live/price-trails.js';
import { useParts } from '../parts.js';

const width = 100;
const height = 28;
const margin = 2;
/** What is shorter is no wider than its line is thick: it would be a stroke up or down. */
const leastMs = trailSpanMs / 96;

/** The day that ends with the newest point, over true time: of a coin that was just listed it is short, or empty. */
export const pathOf = (points: readonly TrailPoint[]): string => {
  const end = points.at(-1)?.atMs ?? 0;
  const start = end - trailSpanMs;
  if (end - (points[0]?.atMs ?? end) < leastMs) return '';
  // The one before it as well, so that the line comes in from the edge.
  const shown = points.slice(Math.max(0, points.findIndex(({ atMs }) => atMs >= start) - 1));
  const prices = shown.map(({ price }) => price);
  const low = Math.min(...prices);
  const span = Math.max(...prices) - low || 1;
  return shown
    .map(({ atMs, price }, at) => {
      const x = Math.max(0, ((atMs - start) / trailSpanMs) * width);
      const y = margin + (1 - (price - low) / span) * (height - 2 * margin);
      return `${at ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
};

interface TrailProps {
  readonly points: readonly TrailPoint[];
  /** Of the trail; a new count draws anew. */
  readonly count: number;
}

const Trail = memo(
  ({ points }: TrailProps) => {
    const path = pathOf(points);
    if (path === '') return <span className="sparkline" />;
    // Without the colours of gain and loss: those beside it may be of another stretch of time.
    return (
      <svg className="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={path} />
      </svg>
    );
  },
  (a, b) => a.count === b.count && a.points === b.points,
);

/** The last 24 hours of a price, without figures; those stand beside it. */
export const Sparkline = ({ symbol }: { readonly symbol: string }) => {
  const { trails } = useParts();
  const count = useSyncExternalStore(trails.onSeed, () => trails.countOf(symbol));
  return <Trail points={trails.of(symbol)} count={count} />;
};
