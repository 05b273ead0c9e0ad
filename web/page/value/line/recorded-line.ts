/** A moment of a line. */
export interface LinePoint {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** Exact decimal text. */
  readonly value: string;
  /** Symbols that are not in it, because they had no price. */
  readonly missing?: readonly string[];
  /** Symbols that are in it at a price that stood still. */
  readonly old?: readonly string[];
  /** Nobody recorded it: it is what is held now at the prices of then. */
  readonly isHeld?: true;
}

export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A stretch whose values lack something, or hold something old. */
export interface Mark extends Stretch {
  readonly missing: readonly string[];
  readonly old: readonly string[];
}

/** What is recorded of a range, which ends now. */
export interface RecordedLine extends Stretch {
  /** In the course of time, each moment once; the last one is now. */
  readonly points: readonly LinePoint[];
  /** Where nothing is recorded, oldest first. */
  readonly gaps: readonly Stretch[];
  /** Oldest first; neighbours differ in what they lack. */
  readonly marks: readonly Mark[];
}

/** Where a line begins, and how far apart its values are where the server does not say it. */
export interface LineRange {
  readonly fromMs: number;
  readonly coarsestMs: number;
}

/** The minute that runs is recorded at its end, and asked for within the next. */
const lateMs = 120_000;
const minStepMs = 60_000;
/** One value may be missing without a gap being told. */
export const gapSteps = 2;

/** As a server of before this page leaves it to be found. */
const stepOf = (points: readonly LinePoint[], coarsestMs: number): number => {
  const distances = points.slice(1).map(({ atMs }, at) => atMs - (points[at]?.atMs ?? 0));
  return Math.max(minStepMs, Math.min(coarsestMs, ...distances));
};

export const isMarked = ({ missing, old }: LinePoint): boolean => missing !== undefined || old !== undefined;
const lacksOf = ({ missing = [], old = [] }: Partial<Mark>): string => `${missing.join()} ${old.join()}`;

/** A value stands for the time since the one before it. */
const marksOf = (points: readonly LinePoint[], gaps: readonly Stretch[]): Mark[] => {
  const begins = new Set(gaps.map(({ toMs }) => toMs));
  const marks: Mark[] = [];
  for (const [at, point] of points.entries()) {
    if (!isMarked(point)) continue;
    const { atMs, missing = [], old = [] } = point;
    const fromMs = begins.has(atMs) ? atMs : (points[at - 1]?.atMs ?? atMs);
    const last = marks.at(-1);
    if (last && last.toMs === fromMs && lacksOf(last) === lacksOf(point))
      marks[marks.length - 1] = { ...last, toMs: atMs };
    else marks.push({ fromMs, toMs: atMs, missing, old });
  }
  return marks;
};

/**
 * A line over a whole range. Its end is the live value, which moves and never leaves points behind: what stays is what
 * is recorded. What is recorded later than now is left out, for a clock may have been set back.
 * @param stepMs how far apart values are at most where none is missing, as the server says
 */
export const lineOf = (
  recorded: readonly LinePoint[],
  live: LinePoint,
  { fromMs, coarsestMs }: LineRange,
  stepMs?: number,
): RecordedLine => {
  const toMs = live.atMs;
  const past = new Map(recorded.filter(({ atMs }) => atMs < toMs).map((point) => [point.atMs, point]));
  const known = [...past.values()].sort((a, b) => a.atMs - b.atMs);
  const step = stepMs ?? stepOf(known, coarsestMs);
  // The line comes in from before the range, where it is recorded.
  const points = [...known.filter(({ atMs }) => atMs >= fromMs - gapSteps * step), live];
  const gaps = points.flatMap((point, at): Stretch[] => {
    const before = points[at - 1]?.atMs ?? fromMs;
    const allowed = gapSteps * step + (point === live ? lateMs : 0);
    return point.atMs - before > allowed ? [{ fromMs: before, toMs: point.atMs }] : [];
  });
  return { fromMs, toMs, points, gaps, marks: marksOf(points, gaps) };
};
