import { describe, expect, it } from 'vitest';
import { growCandle, slotsOf } from './candle.js';
import { weightOf } from './local-time-scale.js';

const minuteMs = 60_000;
const now = Date.parse('2026-10-25T01:02:10.000Z');
const minute = Math.floor(now / minuteMs) * minuteMs;
const candle = (agoMinutes: number, open = '10', high = '12', low = '9', close = '11') => ({
  atMs: minute - agoMinutes * minuteMs,
  open,
  high,
  low,
  close,
});

describe('candles', () => {
  it('stand at their time, with room for minutes without a trade, and never run back', () => {
    const slots = slotsOf([candle(3), candle(58), candle(0)], minuteMs, now, 60, true);
    expect(slots).toHaveLength(60);
    expect(slots.flatMap(({ candle: found }, at) => (found ? [[at, found.atMs]] : []))).toEqual([
      [1, minute - 58 * minuteMs],
      [56, minute - 3 * minuteMs],
      [59, minute],
    ]);
    expect(slots.every(({ atMs }, at) => at === 0 || atMs > (slots[at - 1]?.atMs ?? 0))).toBe(true);
  });
  it('are as wide in a range with one of them as in a full one', () => {
    expect(slotsOf([candle(0)], 86_400_000, now, 365, true)).toHaveLength(365);
    expect(slotsOf([], minuteMs, now, 60, true)).toHaveLength(60);
    expect(slotsOf([candle(90), candle(0)], minuteMs, now, 60, true)).toHaveLength(91);
    expect(slotsOf([candle(0), candle(1_000_000)], minuteMs, now, 60, true)).toHaveLength(10_000);
  });
  it('of a coin whose trading was halted more than a week ago are in sight, and those of a live one reach to now', () => {
    const halted = Array.from({ length: 500 }, (_, at) => candle(20_000 - at));
    const slots = slotsOf(halted, minuteMs, now, 60, false);
    expect(slots.filter(({ candle: found }) => found)).toHaveLength(500);
    expect(slots.at(-1)?.atMs).toBe(minute - (20_000 - 499 - 59) * minuteMs);
    expect(slotsOf(halted, minuteMs, now, 60, true).at(-1)?.atMs).toBe(minute);
    expect(slotsOf([candle(10)], minuteMs, now, 60, false).at(-1)?.atMs).toBe(minute);
    expect(slotsOf([], minuteMs, now, 60, false).at(-1)?.atMs).toBe(minute);
  });
  it('grow with the price, from what the archive knows', () => {
    expect(growCandle(undefined, undefined, minute, '11')).toEqual(candle(0, '11', '11', '11', '11'));
    const grown = growCandle(undefined, candle(0), minute, '12.5');
    expect(grown).toEqual(candle(0, '10', '12.5', '9', '12.5'));
    expect(growCandle(grown, candle(0, '10', '13', '9', '11'), minute, '8')).toEqual(candle(0, '10', '13', '8', '8'));
    expect(growCandle(grown, candle(0), minute, '12.5')).toBe(grown);
  });
  it('take nothing over from a candle of another time', () => {
    expect(growCandle(candle(1), undefined, minute, '5')).toEqual(candle(0, '5', '5', '5', '5'));
  });
  it('compare prices exactly, with more digits than a number holds', () => {
    const price = '9007199254740993.00000001';
    expect(growCandle(undefined, candle(0, '1', '9007199254740993', '1', '1'), minute, price).high).toBe(price);
  });
});

it('labels the axis at local midnights and full hours, over the change of the clocks too', () => {
  const local = (text: string) => Date.parse(`${text}Z`) / 1_000;
  expect(weightOf(local('2026-01-01T00:00:00'), local('2025-12-31T23:50:00'))).toBe(70);
  expect(weightOf(local('2026-02-01T00:00:00'), local('2026-01-31T23:50:00'))).toBe(60);
  expect(weightOf(local('2026-02-03T00:00:00'), local('2026-02-02T23:50:00'))).toBe(50);
  expect(weightOf(local('2026-02-03T12:00:00'), local('2026-02-03T11:50:00'))).toBe(33);
  expect(weightOf(local('2026-02-03T13:00:00'), local('2026-02-03T12:59:00'))).toBe(30);
  expect(weightOf(local('2026-02-03T13:01:00'), local('2026-02-03T13:00:00'))).toBe(20);
  // Local time goes back from 2:59 to 2:00.
  expect(weightOf(local('2026-10-25T02:00:00'), local('2026-10-25T02:59:00'))).toBeLessThan(50);
});
