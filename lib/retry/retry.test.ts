import { describe, expect, it } from 'vitest';
import { createManualClock } from '../clock/clock.js';
import { createBackoff, doubledMs, type NextTry, retrying } from './retry.js';

const policy = { minRetryMs: 100, maxRetryMs: 1_000 };
const mostly = () => 0.999_999;

describe('backoff', () => {
  it('doubles to the cap, anywhere from nothing to the ceiling, for ever', () => {
    let share = mostly();
    const backoff = createBackoff({ ...policy, random: () => share });
    expect([1, 2, 3, 4, 5, 6].map(() => Math.round(backoff.next()))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    for (let attempt = 0; attempt < 2_000; attempt++) expect(Math.round(backoff.next())).toBe(1_000);
    share = 0;
    expect(backoff.next()).toBe(0);
    expect(backoff.failures).toBe(2_007);
    backoff.reset();
    share = 0.5;
    expect(backoff.next()).toBe(50);
  });
  it('keeps the share of the ceiling that has to be waited', () => {
    let share = 0;
    const backoff = createBackoff({ ...policy, leastShare: 0.25, random: () => share });
    expect(backoff.next()).toBe(25);
    share = 0.5;
    expect(backoff.next()).toBe(125);
  });
  it('is there without chance for what is only to become rare', () => {
    expect([0, 1, 2, 3, 1_000].map((times) => doubledMs(3, 20, times))).toEqual([3, 6, 12, 20, 20]);
  });
});

describe('retrying', () => {
  const rig = (outcomes: (Error | string)[]) => {
    const clock = createManualClock();
    const stop = new AbortController();
    const told: NextTry[] = [];
    const tries: number[] = [];
    const work = async () => {
      tries.push(clock.monotonic());
      const outcome = outcomes.shift();
      if (typeof outcome === 'string') return outcome;
      throw outcome ?? new Error('still away');
    };
    const isPassing = (thrown: unknown, next: NextTry) => {
      told.push(next);
      return thrown instanceof Error && thrown.message !== 'for good';
    };
    const done = retrying(clock, { ...policy, random: mostly }, stop.signal, isPassing, work);
    return { clock, stop, told, tries, done };
  };
  const away = () => new Error('away');

  it('tries until it works, ever more seldom, and says what comes next', async () => {
    const { clock, done, told, tries } = rig([away(), away(), 'here']);
    await clock.advanceAsync(10_000);
    expect(await done).toBe('here');
    expect(tries).toEqual([0, 100, 300]);
    expect(told).toEqual([
      { failures: 1, retryInMs: 100 },
      { failures: 2, retryInMs: 200 },
    ]);
    expect(clock.pending).toBe(0);
  });
  it('throws at once what does not pass', async () => {
    const { clock, done, tries } = rig([away(), new Error('for good')]);
    const refused = expect(done).rejects.toThrow('for good');
    await clock.advanceAsync(10_000);
    await refused;
    expect([tries.length, clock.pending]).toEqual([2, 0]);
  });
  it('ends within a pause when nobody wants it any longer', async () => {
    const { clock, stop, done, tries } = rig([]);
    await clock.advanceAsync(1_000);
    const before = tries.length;
    stop.abort();
    expect(await done).toBeUndefined();
    await clock.advanceAsync(10_000);
    expect([tries.length, clock.pending]).toEqual([before, 0]);
  });
  it('does not begin for somebody who has left', async () => {
    const ended = await retrying(
      createManualClock(),
      policy,
      AbortSignal.abort(),
      () => true,
      () => Promise.reject(away()),
    );
    expect(ended).toBeUndefined();
  });
});
