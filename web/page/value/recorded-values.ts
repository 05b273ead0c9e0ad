import type { ValueAnswer as ServedValues, ValueRange } from '@tickfolio/api/history';
import type { OfAnyAge } from '@tickfolio/client/any-age';
import type { LinePoint } from './line/recorded-line.js';
import { spanMs } from './ranges.js';

export type ValueAnswer = OfAnyAge<ServedValues, 'StepSeconds'>;

/** What is recorded of a range. */
export interface RecordedValues {
  /** How far apart they are at most where none is missing; undefined where the server does not say it. */
  readonly stepMs: number | undefined;
  /** Oldest first. */
  readonly points: readonly LinePoint[];
  /** The moment of the last one, as the server writes it. */
  readonly last: string | undefined;
  /** When all of it was read, monotonic. */
  readonly wholeAtMs: number;
}

/** So long what is new is put behind what is known; then all of it is read again, whatever went wrong meanwhile. */
const wholeForMs = 3_600_000;

const valuesOf = ({ Points, StepSeconds }: ValueAnswer, wholeAtMs: number): RecordedValues => ({
  stepMs: StepSeconds === undefined ? undefined : StepSeconds * 1_000,
  points: Points.map(({ Time, Value, Missing, Old }) => ({
    atMs: Date.parse(Time),
    value: Value,
    ...(Missing ? { missing: Missing } : {}),
    ...(Old ? { old: Old } : {}),
  })),
  last: Points.at(-1)?.Time,
  wholeAtMs,
});

/**
 * Reads what is recorded of a range: all of it, or what is new since it was read before.
 * @param ask with the end of the query
 */
export const readValues = async (
  ask: (query: string) => Promise<ValueAnswer>,
  range: ValueRange,
  before: RecordedValues | undefined,
  nowMs: number,
): Promise<RecordedValues> => {
  const whole = async () => valuesOf(await ask(`range=${range}`), nowMs);
  if (!before?.stepMs || !before.last || nowMs - before.wholeAtMs > wholeForMs) return whole();
  const later = valuesOf(await ask(`range=${range}&after=${before.last}`), before.wholeAtMs);
  // The portfolio grew old enough for larger steps, or a server of before answered.
  if (later.stepMs !== before.stepMs) return whole();
  const points = [...before.points, ...later.points];
  const fromMs = (points.at(-1)?.atMs ?? 0) - spanMs[range] - 2 * before.stepMs;
  return { ...before, last: later.last ?? before.last, points: points.filter(({ atMs }) => atMs >= fromMs) };
};
