import type { Metric } from 'prom-client';
import { systemClock } from '../clock/clock.js';

/** What `Metric` of prom-client does not say of all of its kinds. */
export type Figure = Metric & { remove(): void };
export type Collect<M> = (this: M) => void | Promise<void>;

/** Prometheus gives a scrape up after 10 s; what is asked of others must be in long before. */
const maxCollectMs = 2_000;

/**
 * A figure's own reading that keeps the others from being shown neither by an error nor by its time: then this one is
 * left out. A reading that is still under way is not begun a second time.
 * @param labelled whether the figure has labels
 * @param failed is told of each time that it did not come
 */
export const guardedCollect = <M extends Figure>(
  collect: Collect<M>,
  labelled: boolean,
  failed: () => void,
): Collect<M> => {
  let running: Promise<void> | undefined;
  return async function guarded(this: M) {
    running ??= (async () => collect.call(this))().finally(() => {
      running = undefined;
    });
    const late = new Promise<never>((_, reject) => {
      const timer = systemClock.after(maxCollectMs, () => reject(new Error(`took longer than ${maxCollectMs} ms`)));
      running?.finally(() => timer.cancel()).catch(() => undefined);
    });
    try {
      await Promise.race([running, late]);
    } catch {
      this.reset();
      // Without labels it would be shown as 0.
      if (!labelled) this.remove();
      failed();
    }
  };
};
