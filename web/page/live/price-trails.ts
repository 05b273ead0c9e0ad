/** A price at a moment, as numbers: for drawing only. */
export interface TrailPoint {
  readonly atMs: number;
  readonly price: number;
}

/** The last 24 hours of every coin's price, bounded, for small pictures. */
export interface PriceTrails {
  /** What was while nobody looked: before the page was opened, or while it slept. */
  seed(symbol: string, points: readonly TrailPoint[]): void;
  add(symbol: string, atMs: number, price: string): void;
  /** Tells of every `seed`; prices are told of by their frames. */
  onSeed(listener: () => void): () => void;
  of(symbol: string): readonly TrailPoint[];
  /** Grows when the picture is worth drawing anew: with every point that stays, and once a minute. */
  countOf(symbol: string): number;
  /** Prices of another kind come now: simulated ones, or real ones. */
  clear(): void;
}

const hourMs = 3_600_000;
export const trailSpanMs = 24 * hourMs;
/** One point for so long. */
const stepMs = 15 * 60_000;
/** More than a day of quarters of an hour and of full hours. */
const maxPoints = 130;
/** The newest point follows the price; its picture does so this often. */
const drawMs = 60_000;
/** A trail with so few points changes its look with every price. */
const youngPoints = 4;

/** In the course of time, each moment once. */
const merged = (a: readonly TrailPoint[], b: readonly TrailPoint[]): TrailPoint[] =>
  [...new Map([...a, ...b].map((point) => [point.atMs, point])).values()].sort((one, other) => one.atMs - other.atMs);

export const createPriceTrails = (): PriceTrails => {
  const trails = new Map<string, TrailPoint[]>();
  /** How often each was worth drawing, and when it was last. */
  const counts = new Map<string, { readonly count: number; readonly atMs: number }>();
  const listeners = new Set<() => void>();
  const count = (symbol: string, atMs: number) =>
    void counts.set(symbol, { count: (counts.get(symbol)?.count ?? 0) + 1, atMs });
  const trailOf = (symbol: string): TrailPoint[] => {
    const trail = trails.get(symbol) ?? [];
    trails.set(symbol, trail);
    return trail;
  };
  return {
    seed: (symbol, points) => {
      const trail = trailOf(symbol);
      const last = trail.at(-1);
      // What is told of later than the newest price is told too early.
      const known = points.filter(({ atMs }) => last === undefined || atMs < last.atMs);
      const all = merged(trail, known).slice(-maxPoints);
      if (all.length === trail.length && all.every(({ atMs }, at) => atMs === trail[at]?.atMs)) return;
      trails.set(symbol, all);
      count(symbol, all.at(-1)?.atMs ?? 0);
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
      const isSetBack = kept < trail.length;
      trail.length = kept;
      const last = trail.at(-1);
      const point = { atMs, price: Number(price) };
      const before = trail.at(-2);
      // The newest point follows the price; it stays once its step has passed.
      const follows = last && before && last.atMs - before.atMs < stepMs && atMs - last.atMs < stepMs;
      if (follows) trail[trail.length - 1] = point;
      else trail.push(point);
      const isDue = atMs - (counts.get(symbol)?.atMs ?? 0) >= drawMs;
      if (isSetBack || !follows || trail.length <= youngPoints || isDue) count(symbol, atMs);
      while (trail.length > maxPoints || (trail[1] && atMs - trail[1].atMs > trailSpanMs)) trail.shift();
    },
    of: (symbol) => trails.get(symbol) ?? [],
    countOf: (symbol) => counts.get(symbol)?.count ?? 0,
    clear: () => {
      for (const [symbol, trail] of trails) {
        trail.length = 0;
        count(symbol, 0);
      }
    },
  };
};
