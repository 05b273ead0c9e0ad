import { createManualClock } from '@tickfolio/lib/clock';
import { describe, expect, it } from 'vitest';
import { watchSigns } from './sign-of-life.js';

const build = () => {
  const clock = createManualClock();
  const asked: number[] = [];
  let lastMs: number | undefined;
  const timer = watchSigns(
    clock,
    { connectionSilenceMs: 14_000 },
    { lastMs: () => lastMs, ask: () => asked.push(clock.monotonic()) },
  );
  const sign = () => {
    lastMs = clock.monotonic();
  };
  return { clock, asked, timer, sign };
};

describe('a sign of life', () => {
  it('is asked for once in a silence, early enough for an answer within its bound', () => {
    const { clock, asked, sign } = build();
    clock.advance(60_000);
    expect(asked).toEqual([]); // Not open yet.
    sign();
    clock.advance(60_000);
    expect(asked).toEqual([70_000]);
  });

  it('is asked for again after each answer, some six times a minute, and not while data come', () => {
    const { clock, asked, sign, timer } = build();
    for (let second = 0; second < 60; second++) {
      sign();
      clock.advance(1_000);
    }
    expect(asked).toEqual([]);
    for (let second = 0; second < 60; second++) {
      if (asked.at(-1) === clock.monotonic()) sign();
      clock.advance(1_000);
    }
    expect(asked.length).toBeGreaterThanOrEqual(5);
    expect(asked.length).toBeLessThanOrEqual(7);
    timer.cancel();
    expect(clock.pending).toBe(0);
  });
});
