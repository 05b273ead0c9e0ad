import { expect } from 'vitest';
import type { ManualClock } from '../clock/clock.js';

/** No promise: a machine with ten things to do may take that long for what takes milliseconds. */
const patienceMs = 60_000;
const firstPauseMs = 5;
const maxPauseMs = 25;

/**
 * Waits until what is read equals what is expected; fails with the difference. It looks soon again at first, and then
 * less often: to read takes time from what is waited for.
 */
export const becomes = (read: () => unknown, expected: unknown, withinMs = patienceMs): Promise<void> => {
  let pauseMs = 0;
  const look = async () => {
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 1.5 || firstPauseMs, maxPauseMs);
    return read();
  };
  return expect.poll(look, { timeout: withinMs, interval: 1 }).toEqual(expected);
};

/**
 * Reads after so much more time has passed. For what waits for a timer behind real work: an `advance` before that work
 * had set the timer runs nothing, and time that stands still since then never does.
 */
export const passing =
  <T>(clock: Pick<ManualClock, 'advance'>, byMs: number, read: () => T): (() => T) =>
  () => {
    clock.advance(byMs);
    return read();
  };
