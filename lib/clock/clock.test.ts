import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { describeTimers } from '../kit/timers.js';
import { createManualClock, sleep, systemClock } from './clock.js';

describe('manual clock', () => {
  it('stands still until told to move', () => {
    const clock = createManualClock(1_000);
    const run = vi.fn();
    clock.after(10, run);
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([1_000, 0, 1]);
    clock.advance(9);
    expect(run).not.toHaveBeenCalled();
    clock.advance(1);
    expect(run).toHaveBeenCalledTimes(1);
    expect([clock.now(), clock.monotonic(), clock.pending]).toEqual([1_010, 10, 0]);
    clock.advance(1_000);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('runs timers in their order, each at its own moment, equal ones as they were set', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -5, max: 100 }), { maxLength: 30 }), (delays) => {
        const clock = createManualClock(0);
        const ran: [number, number][] = [];
        delays.forEach((delay, i) => {
          clock.after(delay, () => ran.push([i, clock.now()]));
        });
        clock.advance(100);
        const expected = delays
          .map((delay, i) => [i, Math.max(0, delay)] as [number, number])
          .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
        expect(ran).toEqual(expected);
        expect(clock.pending).toBe(0);
      }),
    );
  });

  it('repeats every period until cancelled, also from within', () => {
    const clock = createManualClock(0);
    const at: number[] = [];
    const timer = clock.every(100, () => {
      at.push(clock.now());
      if (at.length === 3) timer.cancel();
    });
    clock.advance(1_000);
    expect(at).toEqual([100, 200, 300]);
    expect(clock.pending).toBe(0);
    timer.cancel();
  });

  it('runs what came due while it slept once, in order, and goes on from there', () => {
    const clock = createManualClock(0);
    const ran: string[] = [];
    clock.every(100, () => ran.push(`often at ${clock.now()}`));
    const cancelled = clock.after(70, () => ran.push('cancelled'));
    clock.after(50, () => {
      ran.push(`once at ${clock.now()}`);
      cancelled.cancel();
    });
    clock.leap(1_030);
    expect(ran.splice(0)).toEqual(['once at 1030', 'often at 1030']);
    clock.advance(100);
    expect(ran).toEqual(['often at 1130']);
  });

  it('runs a timer that a timer set, when its time falls inside the same move', () => {
    const clock = createManualClock(0);
    const at: number[] = [];
    clock.after(10, () => clock.after(10, () => at.push(clock.now())));
    clock.advance(19);
    expect(at).toEqual([]);
    clock.advance(1);
    expect(at).toEqual([20]);
  });

  it('does not run what an earlier timer cancelled', () => {
    const clock = createManualClock(0);
    const run = vi.fn();
    const later = clock.after(20, run);
    clock.after(10, () => later.cancel());
    clock.advance(30);
    expect(run).not.toHaveBeenCalled();
  });

  it('lets promises settle after every timer when moved asynchronously', async () => {
    const clock = createManualClock(0);
    const at: number[] = [];
    const work = (async () => {
      for (let i = 0; i < 3; i++) {
        await sleep(clock, 10);
        at.push(clock.now());
      }
    })();
    await clock.advanceAsync(30);
    await work;
    expect(at).toEqual([10, 20, 30]);
  });
});

describe('sleep', () => {
  it('ends early, quietly and without leaving a timer when its signal aborts', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const sleeping = sleep(clock, 1_000, controller.signal);
    expect(clock.pending).toBe(1);
    controller.abort();
    await sleeping;
    expect(clock.pending).toBe(0);
    await sleep(clock, 1_000, controller.signal);
    expect(clock.pending).toBe(0);
  });
});

describeTimers('system clock', systemClock);
