import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../clock/clock.js';

const dayMs = 24 * 3_600_000;

/** What every clock that runs by itself promises of its timers, in a service as in a browser. */
export const describeTimers = (name: string, clock: Pick<Clock, 'now' | 'monotonic' | 'after' | 'every'>): void => {
  describe(name, () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('tells the time and measures it', () => {
      const before = [clock.now(), clock.monotonic()] as const;
      vi.advanceTimersByTime(20);
      expect([clock.now() - before[0], Math.round(clock.monotonic() - before[1])]).toEqual([20, 20]);
    });

    it('runs once, runs repeatedly, and cancels', () => {
      const [once, often, never] = [vi.fn(), vi.fn(), vi.fn()];
      clock.after(10, once);
      clock.after(10, never).cancel();
      const repeating = clock.every(10, often);
      vi.advanceTimersByTime(35);
      repeating.cancel();
      repeating.cancel();
      vi.advanceTimersByTime(100);
      expect([once, often, never].map((run) => run.mock.calls.length)).toEqual([1, 3, 0]);
    });

    it('waits longer than a timer of the runtime can, and can be cancelled meanwhile', () => {
      const [run, never] = [vi.fn(), vi.fn()];
      clock.after(60 * dayMs, run);
      const cancelled = clock.after(60 * dayMs, never);
      vi.advanceTimersByTime(59 * dayMs);
      expect(run).not.toHaveBeenCalled();
      cancelled.cancel();
      vi.advanceTimersByTime(1 * dayMs);
      expect(run).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(60 * dayMs);
      expect([run.mock.calls.length, never.mock.calls.length]).toEqual([1, 0]);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('repeats at a period longer than that, until it is cancelled, also from within', () => {
      const at: number[] = [];
      const startMs = clock.now();
      const timer = clock.every(30 * dayMs, () => {
        at.push((clock.now() - startMs) / dayMs);
        if (at.length === 2) timer.cancel();
      });
      vi.advanceTimersByTime(120 * dayMs);
      expect(at).toEqual([30, 60]);
      expect(vi.getTimerCount()).toBe(0);
    });
  });
};
