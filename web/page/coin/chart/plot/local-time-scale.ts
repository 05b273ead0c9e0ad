import {
  defaultHorzScaleBehavior,
  type IHorzScaleBehavior,
  type TickMark,
  type Time,
  type TimeScalePoint,
  type UTCTimestamp,
} from 'lightweight-charts';

/**
 * What begins at a point, in seconds of local time, and how much a label there weighs: the library's numbers, and one
 * more, so that tens of minutes come before fives.
 */
const weights: readonly (readonly [seconds: number, weight: number])[] = [
  [86_400, 50],
  [43_200, 33],
  [21_600, 32],
  [10_800, 31],
  [3_600, 30],
  [1_800, 22],
  [600, 21.5],
  [300, 21],
  [60, 20],
];
const [monthWeight, yearWeight] = [60, 70];
const dayWeight = 50;

/** What a label is about. */
export type LabelKind = 'year' | 'day' | 'time';

/** The weight of a label at a moment whose neighbour before is given; seconds of local time since 1970. */
export const weightOf = (now: number, before: number): number => {
  const [date, dateBefore] = [new Date(now * 1_000), new Date(before * 1_000)];
  if (date.getUTCFullYear() !== dateBefore.getUTCFullYear()) return yearWeight;
  if (date.getUTCMonth() !== dateBefore.getUTCMonth()) return monthWeight;
  return weights.find(([seconds]) => Math.floor(now / seconds) !== Math.floor(before / seconds))?.[1] ?? 0;
};

type MutablePoint = { -readonly [K in keyof TimeScalePoint]: TimeScalePoint[K] };

/**
 * A time scale whose places are moments (UTC), which never run back, and whose labels stand at local midnights and full
 * hours.
 * @param aheadMs how far local time is ahead of UTC at a moment
 * @param label writes a label
 */
export const createLocalTimeScale = (
  aheadMs: (atMs: number) => number,
  label: (atMs: number, kind: LabelKind) => string,
): IHorzScaleBehavior<Time> => {
  const localOf = ({ originalTime }: TimeScalePoint) => {
    const second = originalTime as UTCTimestamp;
    return second + aheadMs(second * 1_000) / 1_000;
  };
  class LocalTimeScale extends defaultHorzScaleBehavior() {
    override formatTickmark({ originalTime, weight }: TickMark): string {
      return label(
        (originalTime as UTCTimestamp) * 1_000,
        weight >= yearWeight ? 'year' : weight >= dayWeight ? 'day' : 'time',
      );
    }
    override fillWeightsForPoints(points: readonly MutablePoint[], startIndex: number): void {
      for (let at = Math.max(1, startIndex); at < points.length; at++) {
        const [point, before] = [points[at], points[at - 1]];
        if (point && before)
          point.timeWeight = weightOf(localOf(point), localOf(before)) as TimeScalePoint['timeWeight'];
      }
    }
  }
  return new LocalTimeScale();
};
