import { type ComponentType, lazy } from 'react';
import { browserClock as clock } from '../clock.js';

/** Together half a minute; a server that restarts is back sooner. */
const waitsMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

const loadPatiently = async <Part,>(load: () => Promise<Part>): Promise<Part> => {
  for (const waitMs of waitsMs) {
    try {
      return await load();
    } catch {
      await new Promise<void>((resolve) => clock.after(waitMs, resolve)); // The last try says what is wrong.
    }
  }
  return load();
};

/**
 * A part of the page that is loaded when it is first shown. React would keep a failure for as long as the page is open, so one that does
 * not come is asked for again. @throws what the last try threw, while it is shown
 */
export const latePart = <Props extends object>(load: () => Promise<ComponentType<Props>>) =>
  lazy(async () => ({ default: await loadPatiently(load) }));
