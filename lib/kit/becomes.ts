import { expect } from 'vitest';

const pauseMs = 5;

/** Waits until what is read equals what is expected; fails with the difference. */
export const becomes = (read: () => unknown, expected: unknown, withinMs = 10_000): Promise<void> =>
  expect.poll(read, { timeout: withinMs, interval: pauseMs }).toEqual(expected);
