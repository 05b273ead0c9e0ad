import { expect } from 'vitest';
import type { ManualClock } from '../clock/clock.js';

/** No promise: a machine with ten things to do may take that long for what takes milliseconds. */
const patienceMs = 30_000;
const pauseMs = 5;

/** Waits until what is read equals what is expected; fails with the difference. */
export const becomes = (read: () => unknown, expected: unknown, withinMs = patienceMs): Promise<void> =>
  expect.poll(read, { timeout: withinMs, interval: pauseMs }).toEqual(expected);

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
