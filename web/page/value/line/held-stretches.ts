import { gapSteps, type LinePoint, type RecordedLine, type Stretch } from './recorded-line.js';

/** What today's holdings were worth, as far as that is known. */
export interface HeldHistory {
  /** How far apart its points are. */
  readonly stepMs: number;
  /** Oldest first; each is the value at the end of a step. */
  readonly points: readonly LinePoint[];
  /** Coins that are in none of them. */
  readonly left: readonly string[];
}

/** A part of a gap, and what today's holdings were worth in it. */
export interface HeldStretch extends Stretch {
  /** At least two, oldest first. */
  readonly points: readonly LinePoint[];
}

/** Of the whole range: in a narrower gap a line would tell nothing, and the gap would be overlooked. */
const leastPart = 1 / 50;

const isWide = (gap: Stretch, range: Stretch): boolean =>
  (gap.toMs - gap.fromMs) / (range.toMs - range.fromMs) >= leastPart;

/** Whether there is a gap that today's holdings could tell something of. */
export const hasWideGap = (line: RecordedLine): boolean => line.gaps.some((gap) => isWide(gap, line));

const stretchesIn = (gap: Stretch, { stepMs, points }: HeldHistory): HeldStretch[] => {
  const runs: LinePoint[][] = [];
  for (const point of points) {
    if (point.atMs <= gap.fromMs || point.atMs >= gap.toMs) continue;
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && point.atMs - before.atMs <= gapSteps * stepMs) run.push(point);
    else runs.push([point]);
  }
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (!first || !last || first === last) return [];
    const fromMs = Math.max(gap.fromMs, first.atMs - stepMs);
    return [{ fromMs, toMs: Math.min(gap.toMs, last.atMs + stepMs), points: run }];
  });
};

/** What is known of the gaps of a line, oldest first. */
export const heldStretches = (line: RecordedLine, history: HeldHistory): HeldStretch[] =>
  line.gaps.filter((gap) => isWide(gap, line)).flatMap((gap) => stretchesIn(gap, history));

/** What of gaps no other stretch covers; beside one of those nothing that is `leastMs` at most. All oldest first. */
export const leftOf = (gaps: readonly Stretch[], covered: readonly Stretch[], leastMs: number): Stretch[] =>
  gaps.flatMap((gap) => {
    const within = covered.filter(({ fromMs, toMs }) => fromMs >= gap.fromMs && toMs <= gap.toMs);
    if (within.length === 0) return [gap];
    const ends = [{ fromMs: gap.fromMs, toMs: gap.fromMs }, ...within];
    return ends
      .map(({ toMs }, at) => ({ fromMs: toMs, toMs: ends[at + 1]?.fromMs ?? gap.toMs }))
      .filter(({ fromMs, toMs }) => toMs - fromMs > leastMs);
  });
