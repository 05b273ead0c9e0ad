import type { ValueRange } from '@tickfolio/api/history';
import { coarsestStepMs, spanMs } from './ranges.js';

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

/** What is drawn of a range, which ends now. */
export interface ValueLine extends Stretch {
  /** In the course of time, each moment once; the last one is now. */
  readonly points: readonly LinePoint[];
  /** Where nothing is recorded, oldest first. */
  readonly gaps: readonly Stretch[];
  /** Oldest first; neighbours differ in what they lack. */
  readonly marks: readonly Mark[];
}

/** The minute that runs is recorded at its end, and asked for within the next. */
const lateMs = 120_000;
const minStepMs = 60_000;
/** One value may be missing without a gap being told. */
const gapSteps = 2;

/** As a server of before this page leaves it to be found. */
const stepOf = (points: readonly LinePoint[], range: ValueRange): number => {
  const distances = points.slice(1).map(({ atMs }, at) => atMs - (points[at]?.atMs ?? 0));
  return Math.max(minStepMs, Math.min(coarsestStepMs[range], ...distances));
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
  range: ValueRange,
  stepMs?: number,
): ValueLine => {
  const [fromMs, toMs] = [live.atMs - spanMs[range], live.atMs];
  const past = new Map(recorded.filter(({ atMs }) => atMs < toMs).map((point) => [point.atMs, point]));
  const known = [...past.values()].sort((a, b) => a.atMs - b.atMs);
  const step = stepMs ?? stepOf(known, range);
  // The line comes in from before the range, where it is recorded.
  const points = [...known.filter(({ atMs }) => atMs >= fromMs - gapSteps * step), live];
  const gaps = points.flatMap((point, at): Stretch[] => {
    const before = points[at - 1]?.atMs ?? fromMs;
    const allowed = gapSteps * step + (point === live ? lateMs : 0);
    return point.atMs - before > allowed ? [{ fromMs: before, toMs: point.atMs }] : [];
  });
  return { fromMs, toMs, points, gaps, marks: marksOf(points, gaps) };
};

/** So near to its ends a gap counts as them, as a part of it at most. */
const nearPart = 1 / 4;

/**
 * What stands at a moment: a stretch where nothing is recorded, or the nearest point. @param nearMs a point so near
 * counts also beside a gap
 */
export const findAt = ({ points, gaps }: ValueLine, atMs: number, nearMs: number): LinePoint | Stretch => {
  let nearest = points[points.length - 1] as LinePoint;
  for (const point of points) if (Math.abs(point.atMs - atMs) < Math.abs(nearest.atMs - atMs)) nearest = point;
  const gap = gaps.find(({ fromMs, toMs }) => fromMs < atMs && atMs < toMs);
  if (!gap) return nearest;
  return Math.abs(nearest.atMs - atMs) > Math.min(nearMs, (gap.toMs - gap.fromMs) * nearPart) ? gap : nearest;
};

type Column = (number | null | undefined)[];

/**
 * Columns for drawing: seconds, and numbers of the plain line and of the marked one, with nothing in the middle of
 * every gap. Between two values of which the second is marked only the marked line is drawn: the plain one has a null
 * there, which ends it, the marked one undefined, which does not.
 */
export const columnsOf = ({ points, gaps }: ValueLine): [number[], Column, Column] => {
  const columns: {
    readonly atMs: number;
    readonly plain: number | null;
    readonly marked: number | null | undefined;
  }[] = [];
  const gapFrom = new Map(gaps.map((gap) => [gap.toMs, gap.fromMs]));
  for (const [at, point] of points.entries()) {
    const { atMs } = point;
    const fromMs = gapFrom.get(atMs);
    const before = points[at - 1];
    const after = points[at + 1];
    if (fromMs !== undefined) columns.push({ atMs: (fromMs + atMs) / 2, plain: null, marked: null });
    else if (before && isMarked(point))
      columns.push({ atMs: (before.atMs + atMs) / 2, plain: null, marked: undefined });
    const [value, own] = [Number(point.value), isMarked(point)];
    const next = after && !gapFrom.has(after.atMs) ? isMarked(after) : undefined;
    columns.push({ atMs, plain: own && next !== false ? null : value, marked: own || next === true ? value : null });
  }
  return [
    columns.map(({ atMs }) => atMs / 1_000),
    columns.map(({ plain }) => plain),
    columns.map(({ marked }) => marked),
  ];
};
