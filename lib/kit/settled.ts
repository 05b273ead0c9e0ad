import { vi } from 'vitest';

/** No promise to anybody: how long a busy machine may take to draw what it has. */
const patienceMs = 60_000;

/**
 * Looks at a page until everything holds that `look` expects, because what was done just now may not be drawn yet. What
 * never comes to hold fails as it was seen last.
 */
export const settled = <T>(look: () => Promise<T>): Promise<T> =>
  vi.waitFor(look, { timeout: patienceMs, interval: 50 });
