import { type ComponentType, lazy } from 'react';
import { browserClock as clock } from '../clock.js';

/** Pauses double from this up to the other, together half a minute: a server that restarts is back sooner. */
const firstPauseMs = 500;
const lastPauseMs = 16_000;

const loadPatiently = <Part,>(load: () => Promise<Part>, pauseMs = firstPauseMs): Promise<Part> =>
  load().catch(async (thrown: unknown) => {
    if (pauseMs > lastPauseMs) throw thrown;
    await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    return loadPatiently(load, pauseMs * 2);
  });

/**
 * A part of the page that is loaded when it is first shown. React would keep a failure for as long as the page is open, so one that does
 * not come is asked for again. @throws what the last try threw, while it is shown
 */
export const latePart = <Props extends object>(load: () => Promise<ComponentType<Props>>) =>
  lazy(() => loadPatiently(load).then((Part) => ({ default: Part })));
