import { type HeldHistory, type HeldStretch, heldStretches, leftOf } from './held-stretches.js';
import { gapSteps, isMarked, type LinePoint, type RecordedLine, type Stretch } from './recorded-line.js';

/** What is drawn of a range. */
export interface ValueLine extends RecordedLine {
  /** In gaps, what today's holdings were worth; oldest first. */
  readonly held: readonly HeldStretch[];
  /** Coins that are in none of those. */
  readonly left: readonly string[];
  /** What is left of the gaps: nothing is known of it. Oldest first. */
  readonly bare: readonly Stretch[];
}

/** A line with what is known of its gaps. */
export const withHeld = (line: RecordedLine, history?: HeldHistory): ValueLine => {
  const held = history ? heldStretches(line, history) : [];
  return { ...line, held, left: history?.left ?? [], bare: leftOf(line.gaps, held, gapSteps * (history?.stepMs ?? 0)) };
};

/** So near to its ends a gap counts as them, as a part of it at most. */
const nearPart = 1 / 4;

const nearestOf = (points: readonly LinePoint[], atMs: number): LinePoint => {
  let nearest = points[points.length - 1] as LinePoint;
  for (const point of points) if (Math.abs(point.atMs - atMs) < Math.abs(nearest.atMs - atMs)) nearest = point;
  return nearest;
};
const around = <S extends Stretch>(stretches: readonly S[], atMs: number): S | undefined =>
  stretches.find(({ fromMs, toMs }) => fromMs < atMs && atMs < toMs);

/**
 * What stands at a moment: a stretch of which nothing is known, or the nearest point. @param nearMs a recorded point so
 * near counts also beside a gap
 */
export const findAt = ({ points, gaps, held, bare }: ValueLine, atMs: number, nearMs: number): LinePoint | Stretch => {
  const nearest = nearestOf(points, atMs);
  const gap = around(gaps, atMs);
  if (!gap || Math.abs(nearest.atMs - atMs) <= Math.min(nearMs, (gap.toMs - gap.fromMs) * nearPart)) return nearest;
  const stretch = around(held, atMs);
  return stretch ? nearestOf(stretch.points, atMs) : (around(bare, atMs) ?? gap);
};

type Column = (number | null | undefined)[];

/**
 * Columns for drawing: seconds, and numbers of the plain line, of the marked one and of today's holdings, with nothing
 * in the middle of every stretch of which nothing is known. Between two values of which the second is marked only the
 * marked line is drawn: the plain one has a null there, which ends it, the marked one undefined, which does not.
 */
export const columnsOf = ({ points, gaps, held, bare }: ValueLine): [number[], Column, Column, Column] => {
  const columns: {
    readonly atMs: number;
    readonly plain: number | null;
    readonly marked: number | null | undefined;
    readonly held: number | null;
  }[] = [];
  const none = { plain: null, marked: null, held: null };
  const afterGap = new Set(gaps.map(({ toMs }) => toMs));
  for (const { fromMs, toMs } of bare) columns.push({ ...none, atMs: (fromMs + toMs) / 2 });
  for (const stretch of held)
    for (const { atMs, value } of stretch.points) columns.push({ ...none, atMs, held: Number(value) });
  for (const [at, point] of points.entries()) {
    const { atMs } = point;
    const before = points[at - 1];
    const after = points[at + 1];
    if (before && isMarked(point) && !afterGap.has(atMs))
      columns.push({ ...none, atMs: (before.atMs + atMs) / 2, marked: undefined });
    const [value, own] = [Number(point.value), isMarked(point)];
    const next = after && !afterGap.has(after.atMs) ? isMarked(after) : undefined;
    columns.push({
      ...none,
      atMs,
      plain: own && next !== false ? null : value,
      marked: own || next === true ? value : null,
    });
  }
  columns.sort((a, b) => a.atMs - b.atMs);
  return [
    columns.map(({ atMs }) => atMs / 1_000),
    columns.map(({ plain }) => plain),
    columns.map(({ marked }) => marked),
    columns.map((column) => column.held),
  ];
};
