import { memo, useSyncExternalStore } from 'react';
import { type TrailPoint, trailSpanMs } from '../live/price-trails.js';
import { useParts } from '../parts.js';

const width = 100;
const height = 28;
const margin = 2;

const pathOf = (points: readonly TrailPoint[]): string => {
  const prices = points.map(({ price }) => price);
  const low = Math.min(...prices);
  const span = Math.max(...prices) - low || 1;
  const end = points.at(-1)?.atMs ?? 0;
  const start = Math.max(points[0]?.atMs ?? 0, end - trailSpanMs);
  const time = end - start || 1;
  return points
    .map(({ atMs, price }, at) => {
      const x = ((atMs - start) / time) * width;
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
    const [first, last] = [points[0], points.at(-1)];
    if (!first || !last || points.length < 2) return <span className="sparkline" />;
    const direction = last.price > first.price ? 'up' : last.price < first.price ? 'down' : 'same';
    return (
      <svg className={`sparkline ${direction}`} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={pathOf(points)} />
      </svg>
    );
  },
  (a, b) => a.count === b.count && a.points === b.points,
);

/** The last minutes of a price, without figures; those stand beside it. */
export const Sparkline = ({ symbol }: { readonly symbol: string }) => {
  const { trails } = useParts();
  const count = useSyncExternalStore(trails.onSeed, () => trails.countOf(symbol));
  return <Trail points={trails.of(symbol)} count={count} />;
};
