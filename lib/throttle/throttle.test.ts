import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';
import { createThrottle } from './throttle.js';

const build = (maxKeys?: number) => {
  const clock = createManualClock();
  const throttle = createThrottle({ clock, burst: 3, refillMs: 1_000, ...(maxKeys === undefined ? {} : { maxKeys }) });
  /** Milliseconds to wait; 0 when allowed. */
  const take = (key: string) => {
    try {
      throttle.take(key);
      return 0;
    } catch (err) {
      expect(err).toMatchObject({ code: 'resource_exhausted' });
      return err instanceof AppError ? (err.retryAfterMs ?? Number.NaN) : Number.NaN;
    }
  };
  return { clock, throttle, take };
};

describe('a throttle', () => {
  it('allows a burst, then one more per refill, and says how long to wait', () => {
    const { clock, take } = build();
    expect([take('a'), take('a'), take('a')]).toEqual([0, 0, 0]);
    expect(take('a')).toBe(1_000);
    clock.advance(400);
    expect(take('a')).toBe(600);
    expect(take('b')).toBe(0);
    clock.advance(600);
    expect([take('a'), take('a')]).toEqual([0, 1_000]);
  });

  it('forgets, and gives back', () => {
    const { throttle, take } = build();
    for (let tries = 0; tries < 3; tries++) take('a');
    throttle.giveBack('a');
    expect([take('a'), take('a')]).toEqual([0, 1_000]);
    throttle.reset('a');
    expect(take('a')).toBe(0);
    throttle.giveBack('nobody');
    expect([take('nobody'), take('nobody'), take('nobody'), take('nobody')]).toEqual([0, 0, 0, 1_000]);
  });

  it('keeps a bounded number of keys, the last used ones', () => {
    const { throttle, take } = build(100);
    for (let tries = 0; tries < 3; tries++) take('kept');
    for (let number = 0; number < 1_000; number++) {
      take(`key-${number}`);
      if (number % 50 === 0) expect(take('kept')).toBeGreaterThan(0);
    }
    expect(throttle.size).toBe(100);
    expect(take('key-0')).toBe(0);
  });

  it('never allows more than the burst and what has refilled, and always allows after the time it named', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_500), { minLength: 1, maxLength: 60 }), (pauses) => {
        const { clock, take } = build();
        const allowedAt: number[] = [];
        let waitMs = 0;
        for (const pause of pauses) {
          clock.advance(pause);
          const answer = take('a');
          if (waitMs > 0 && pause >= waitMs) expect(answer).toBe(0);
          if (answer === 0) allowedAt.push(clock.monotonic());
          waitMs = answer;
        }
        for (const [from, startMs] of allowedAt.entries()) {
          for (const [count, endMs] of allowedAt.slice(from).entries())
            expect(count + 1).toBeLessThanOrEqual(3 + (endMs - startMs) / 1_000 + 1e-9);
        }
      }),
    );
  });
});
