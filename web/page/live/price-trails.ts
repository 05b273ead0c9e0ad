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
  /** Tells of every `seed`; prices are told of by their frames. */
  onSeed(listener: () => void): () => void;
  of(symbol: string): readonly TrailPoint[];
  /**
   * Grows when the picture is worth drawing anew: with every point that stays, not while the newest one follows the
   * price.
   */
  countOf(symbol: string): number;
}

export const trailSpanMs = 30 * 60_000;
/** One point for so long. */
const stepMs = 15_000;
const maxPoints = trailSpanMs / stepMs;
/** A trail with so few points changes its look with every price. */
const youngPoints = 4;

export const createPriceTrails = (): PriceTrails => {
  const trails = new Map<string, TrailPoint[]>();
  const counts = new Map<string, number>();
  const listeners = new Set<() => void>();
  const count = (symbol: string, more: number) => void counts.set(symbol, (counts.get(symbol) ?? 0) + more);
  const trailOf = (symbol: string): TrailPoint[] => {
    const trail = trails.get(symbol) ?? [];
    trails.set(symbol, trail);
    return trail;
  };
  return {
    seed: (symbol, points) => {
      const trail = trailOf(symbol);
      const first = trail[0]?.atMs ?? Number.POSITIVE_INFINITY;
      const older = points.filter((point) => point.atMs < first);
      trail.unshift(...older);
      count(symbol, older.length);
      for (const listener of listeners) listener();
    },
    onSeed: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    add: (symbol, atMs, price) => {
      const trail = trailOf(symbol);
      // The clock of the server was set back: what was told of a later moment was told too early.
      const kept = trail.findLastIndex((point) => point.atMs <= atMs) + 1;
      if (kept < trail.length) count(symbol, 1);
      trail.length = kept;
      const last = trail.at(-1);
      const point = { atMs, price: Number(price) };
      const before = trail.at(-2);
      // The newest point follows the price; it stays once its step has passed.
      const follows = last && before && last.atMs - before.atMs < stepMs;
      if (follows) trail[trail.length - 1] = point;
      else trail.push(point);
      if (!follows || trail.length <= youngPoints) count(symbol, 1);
      while (trail.length > maxPoints || (trail[0] && atMs - trail[0].atMs > trailSpanMs)) trail.shift();
    },
    of: (symbol) => trails.get(symbol) ?? [],
    countOf: (symbol) => counts.get(symbol) ?? 0,
  };
};
