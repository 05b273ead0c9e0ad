import { describe, expect, it } from 'vitest';
import { hasWideGap } from './held-stretches.js';
import { type LinePoint, lineOf as recordedLine } from './recorded-line.js';
import { columnsOf, findAt, withHeld } from './value-line.js';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const now = Date.parse('2026-06-15T12:00:30.000Z');
/** Values recorded so many milliseconds ago, each worth its number of minutes. */
const recorded = (...agoMs: number[]) => agoMs.map((ago) => ({ atMs: now - ago, value: String(ago / minuteMs) }));
const every = (stepMs: number, fromMs: number, toMs = 0) => {
  const ago: number[] = [];
  for (let at = fromMs; at > toMs; at -= stepMs) ago.push(at);
  return recorded(...ago);
};
const live = { atMs: now, value: '7' };
const lineOf = (points: readonly LinePoint[], end: LinePoint, range: '1h' | '24h', stepMs?: number) => {
  const [spanMs, coarsestMs] = range === '1h' ? [hourMs, minuteMs] : [24 * hourMs, 5 * minuteMs];
  return withHeld(recordedLine(points, end, { fromMs: end.atMs - spanMs, coarsestMs }, stepMs));
};
/** What is held now, so many minutes ago, worth ten times that. */
const heldEvery = (stepMs: number, fromMs: number, toMs: number, left: readonly string[] = []) => ({
  stepMs,
  left,
  points: every(stepMs, fromMs, toMs).map(({ atMs, value }) => ({ atMs, value: `${value}0`, isHeld: true as const })),
});

describe('value over time', () => {
  it('spans the whole range that is chosen, however little is recorded, and says that the rest is not', () => {
    const line = lineOf(recorded(2 * minuteMs, minuteMs), live, '24h');
    expect([line.fromMs, line.toMs]).toEqual([now - 24 * hourMs, now]);
    expect(line.gaps).toEqual([{ fromMs: now - 24 * hourMs, toMs: now - 2 * minuteMs }]);
  });
  it('keeps its hours while live seconds go by: the end moves, and leaves no points behind', () => {
    const day = every(5 * minuteMs, 24 * hourMs - 5 * minuteMs);
    for (let second = 0; second < 120; second++) {
      const line = lineOf(day, { atMs: now + second * 1_000, value: String(second) }, '24h');
      expect(line.points).toHaveLength(day.length + 1);
      expect(line.points[0]).toBe(day[0]);
      expect(line.points.at(-1)).toEqual({ atMs: now + second * 1_000, value: String(second) });
    }
  });
  it('tells ten minutes without a record, among a day of records', () => {
    const day = every(5 * minuteMs, 24 * hourMs).filter(
      ({ atMs }) => now - atMs !== 65 * minuteMs && now - atMs !== 70 * minuteMs,
    );
    expect(lineOf(day, live, '24h').gaps).toEqual([{ fromMs: now - 75 * minuteMs, toMs: now - 60 * minuteMs }]);
    const hour = every(minuteMs, hourMs).filter(
      ({ atMs }) => now - atMs <= 20 * minuteMs || now - atMs > 30 * minuteMs,
    );
    expect(lineOf(hour, live, '1h').gaps).toEqual([{ fromMs: now - 31 * minuteMs, toMs: now - 20 * minuteMs }]);
  });
  it('tells hours in which the server was off, also where little else is recorded', () => {
    expect(
      lineOf(recorded(23 * hourMs, 4 * hourMs, 4 * hourMs - minuteMs, minuteMs), live, '24h').gaps.map(
        ({ fromMs, toMs }) => (toMs - fromMs) / hourMs,
      ),
    ).toEqual([1, 19, 4 - 2 / 60]);
  });
  it('has no gap before the live end while the next minute is being recorded', () => {
    expect(lineOf(every(minuteMs, 2 * hourMs, 3 * minuteMs), live, '1h').gaps).toEqual([]);
    expect(lineOf(every(minuteMs, 2 * hourMs, 10 * minuteMs), live, '1h').gaps).toEqual([
      { fromMs: now - 11 * minuteMs, toMs: now },
    ]);
  });
  it('is in order when the clock of the server was set back: nothing is drawn of what is later than now', () => {
    const line = lineOf(
      [...recorded(minuteMs, 3 * minuteMs, 2 * minuteMs), { atMs: now + 5_000, value: '9' }, { atMs: now, value: '8' }],
      live,
      '1h',
    );
    expect(line.points.map(({ value }) => value)).toEqual(['3', '2', '1', '7']);
  });
  it('says under the pointer what was exact at that moment, in the live stretch too, and in a gap that nothing is recorded', () => {
    const line = lineOf(
      recorded(40 * minuteMs, 20 * minuteMs, 19 * minuteMs, minuteMs),
      { ...live, value: '68007514285645934.134038712' },
      '1h',
    );
    expect(findAt(line, now - 1_000, 5_000)).toEqual({ atMs: now, value: '68007514285645934.134038712' });
    expect(findAt(line, now - 19.4 * minuteMs, 5_000)).toMatchObject({ value: '19' });
    expect(findAt(line, now - 30 * minuteMs, 5_000)).toEqual({
      fromMs: now - 40 * minuteMs,
      toMs: now - 20 * minuteMs,
    });
    expect(findAt(line, now - 20.05 * minuteMs, 5_000)).toMatchObject({ value: '20' });
  });
  it('is drawn with nothing in the middle of a gap', () => {
    const line = lineOf(recorded(40 * minuteMs, 39 * minuteMs, 20 * minuteMs), live, '1h');
    expect(columnsOf(line)).toEqual([
      [-50, -40, -39, -29.5, -20, -10, 0].map((minutes) => now / 1_000 + minutes * 60),
      [null, 40, 39, null, 20, null, 7],
      [null, null, null, null, null, null, null],
      [null, null, null, null, null, null, null],
    ]);
  });
  it('is dashed where a coin had no price, or one that stood still, and says which and when', () => {
    const day = every(5 * minuteMs, 20 * minuteMs).map((point, at) =>
      at === 1 || at === 2 ? { ...point, missing: ['tornusdt'] } : at === 4 ? { ...point, old: ['bttusdt'] } : point,
    );
    const points = [...day.slice(0, 3), ...recorded(5 * minuteMs)];
    const line = lineOf(points, live, '24h', 5 * minuteMs);
    expect(line.marks).toEqual([
      { fromMs: now - 20 * minuteMs, toMs: now - 10 * minuteMs, missing: ['tornusdt'], old: [] },
    ]);
    const [seconds, plain, marked] = columnsOf(line);
    expect(seconds.map((second) => second / 60 - now / minuteMs)).toEqual([-730, -20, -17.5, -15, -12.5, -10, -5, 0]);
    expect(plain).toEqual([null, 20, null, null, null, 10, 5, 7]);
    expect(marked).toEqual([null, 20, undefined, 15, undefined, 10, null, null]);
  });
  it('has no gaps where the server says how far apart its points are, however near two of them are', () => {
    const points = [
      ...every(5 * minuteMs, 60 * minuteMs, 10 * minuteMs),
      ...recorded(14 * minuteMs, 9 * minuteMs, 4 * minuteMs),
    ];
    const gapsOf = (stepMs?: number) =>
      lineOf(points, live, '24h', stepMs).gaps.filter(({ fromMs }) => fromMs > now - 2 * hourMs);
    expect(gapsOf(5 * minuteMs)).toEqual([]);
    expect(gapsOf()).not.toEqual([]);
  });
  it('is what one holds now, at the prices of then, before anything was recorded, and still hatched where a minute or two are missing', () => {
    const day = every(5 * minuteMs, 2 * hourMs).filter(
      ({ atMs }) => now - atMs !== 65 * minuteMs && now - atMs !== 70 * minuteMs,
    );
    const recordedAlone = lineOf(day, live, '24h', 5 * minuteMs);
    expect(hasWideGap(recordedAlone)).toBe(true);
    const line = withHeld(recordedAlone, heldEvery(5 * minuteMs, 24 * hourMs - 5 * minuteMs, 0, ['newusdt']));
    expect(line.held.map(({ fromMs, toMs }) => [(now - fromMs) / hourMs, (now - toMs) / hourMs])).toEqual([[24, 2]]);
    expect(line.bare).toEqual([{ fromMs: now - 75 * minuteMs, toMs: now - 60 * minuteMs }]);
    expect(line.left).toEqual(['newusdt']);
    expect(findAt(line, now - 12 * hourMs, 5_000)).toEqual({ atMs: now - 12 * hourMs, value: '7200', isHeld: true });
    expect(findAt(line, now - 67 * minuteMs, 5_000)).toEqual(line.bare[0]);
    expect(findAt(line, now - 90 * minuteMs, 5_000)).toEqual({ atMs: now - 90 * minuteMs, value: '90' });
    const [seconds, plain, , held] = columnsOf(line);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    // Never two lines over one moment.
    expect(plain.filter((value, at) => typeof value === 'number' && typeof held[at] === 'number')).toEqual([]);
    expect(held.filter((value) => typeof value === 'number')).toHaveLength(22 * 12 - 1);
  });
  it('is hatched where neither a record nor a price of then is known', () => {
    const line = withHeld(
      lineOf(every(5 * minuteMs, hourMs), live, '24h', 5 * minuteMs),
      heldEvery(5 * minuteMs, 6 * hourMs, 3 * hourMs),
    );
    expect(line.bare.map(({ fromMs, toMs }) => [(now - fromMs) / minuteMs, (now - toMs) / minuteMs])).toEqual([
      [24 * 60, 6 * 60 + 5],
      [3 * 60, 60],
    ]);
    expect(hasWideGap(lineOf(every(5 * minuteMs, 24 * hourMs), live, '24h', 5 * minuteMs))).toBe(false);
  });
});
