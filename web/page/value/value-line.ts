import { coarsestStepMs, spanMs, type ValueRange } from './ranges.js';

/** A moment of a line. */
export interface LinePoint {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Exact decimal text. */
  readonly value: string;
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What is drawn of a range, which ends now. */
export interface ValueLine extends Stretch {
  /** In the course of time, each moment once; the last one is now. */
  readonly points: readonly LinePoint[];
  /** Where nothing is recorded, oldest first. */
  readonly gaps: readonly Stretch[];
}

/** The minute that runs is recorded at its end, and asked for within the next. */
const lateMs = 120_000;
const minStepMs = 60_000;
/** One value may be missing without a gap being told. */
const gapSteps = 2;

const stepOf = (points: readonly LinePoint[], range: ValueRange): number => {
  const distances = points.slice(1).map(({ atMs }, at) => atMs - (points[at]?.atMs ?? 0));
  return Math.max(minStepMs, Math.min(coarsestStepMs[range], ...distances));
};

/**
 * A line over a whole range. Its end is the live value, which moves and never leaves points behind: what stays is what is recorded.
 * What is recorded later than now is left out, for a clock may have been set back.
 */
export const lineOf = (recorded: readonly LinePoint[], live: LinePoint, range: ValueRange): ValueLine => {
  const [fromMs, toMs] = [live.atMs - spanMs[range], live.atMs];
  const past = new Map(recorded.filter(({ atMs }) => atMs < toMs).map((point) => [point.atMs, point]));
  const known = [...past.values()].sort((a, b) => a.atMs - b.atMs);
  const step = stepOf(known, range);
  // The line comes in from before the range, where it is recorded.
  const points = [...known.filter(({ atMs }) => atMs >= fromMs - gapSteps * step), live];
  const gaps = points.flatMap((point, at): Stretch[] => {
    const before = points[at - 1]?.atMs ?? fromMs;
    const allowed = gapSteps * step + (point === live ? lateMs : 0);
    return point.atMs - before > allowed ? [{ fromMs: before, toMs: point.atMs }] : [];
  });
  return { fromMs, toMs, points, gaps };
};

/** So near to its ends a gap counts as them, as a part of it at most. */
const nearPart = 1 / 4;

/** What stands at a moment: a stretch where nothing is recorded, or the nearest point. @param nearMs a point so near counts also beside a gap */
export const findAt = ({ points, gaps }: ValueLine, atMs: number, nearMs: number): LinePoint | Stretch => {
  let nearest = points[points.length - 1] as LinePoint;
  for (const point of points) if (Math.abs(point.atMs - atMs) < Math.abs(nearest.atMs - atMs)) nearest = point;
  const gap = gaps.find(({ fromMs, toMs }) => fromMs < atMs && atMs < toMs);
  if (!gap) return nearest;
  return Math.abs(nearest.atMs - atMs) > Math.min(nearMs, (gap.toMs - gap.fromMs) * nearPart) ? gap : nearest;
};

/** Columns for drawing: seconds, and numbers, with nothing in the middle of every gap. */
export const columnsOf = ({ points, gaps }: ValueLine): [number[], (number | null)[]] => {
  const middles = gaps.map(({ fromMs, toMs }) => ({ atMs: (fromMs + toMs) / 2, value: undefined }));
  const all = [...points, ...middles].sort((a, b) => a.atMs - b.atMs);
  return [all.map(({ atMs }) => atMs / 1_000), all.map(({ value }) => (value === undefined ? null : Number(value)))];
};
