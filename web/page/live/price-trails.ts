/** A price at a moment, as numbers: for drawing only. */
export interface TrailPoint {
  readonly atMs: number;
  readonly price: number;
}

/** The last minutes of every coin's price, bounded, for small pictures. */
export interface PriceTrails {
  /** What was before the page was opened. */
  seed(symbol: string, points: readonly TrailPoint[]): void;
  add(symbol: string, atMs: number, price: string): void;
  of(symbol: string): readonly TrailPoint[];
}

export const trailSpanMs = 30 * 60_000;
/** One point for so long. */
const stepMs = 15_000;
const maxPoints = trailSpanMs / stepMs;

export const createPriceTrails = (): PriceTrails => {
  const trails = new Map<string, TrailPoint[]>();
  const trailOf = (symbol: string): TrailPoint[] => {
    const trail = trails.get(symbol) ?? [];
    trails.set(symbol, trail);
    return trail;
  };
  return {
    seed: (symbol, points) => {
      const trail = trailOf(symbol);
      const first = trail[0]?.atMs ?? Number.POSITIVE_INFINITY;
      trail.unshift(...points.filter((point) => point.atMs < first));
    },
    add: (symbol, atMs, price) => {
      const trail = trailOf(symbol);
      const last = trail.at(-1);
      const point = { atMs, price: Number(price) };
      const before = trail.at(-2);
      // The newest point follows the price; it stays once its step has passed.
      if (last && before && last.atMs - before.atMs < stepMs) trail[trail.length - 1] = point;
      else trail.push(point);
      while (trail.length > maxPoints || (trail[0] && atMs - trail[0].atMs > trailSpanMs)) trail.shift();
    },
    of: (symbol) => trails.get(symbol) ?? [],
  };
};
