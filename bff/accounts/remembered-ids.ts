import type { Clock } from '@tickfolio/lib/clock';

/**
 * Ids that were told lately. Best effort: nothing is kept across a restart, and past `max` the oldest are forgotten: half
 * a million in a day take some 60 MB.
 */
export interface RememberedIds {
  add(id: string): void;
  has(id: string): boolean;
}

export const createRememberedIds = (clock: Clock, keepMs: number, max = 500_000): RememberedIds => {
  /** In the order in which they were told. */
  const toldAt = new Map<string, number>();
  const forgetOld = () => {
    const oldest = clock.monotonic() - keepMs;
    for (const [id, at] of toldAt) {
      if (at > oldest && toldAt.size <= max) return;
      toldAt.delete(id);
    }
  };
  return {
    add: (id) => {
      toldAt.delete(id);
      toldAt.set(id, clock.monotonic());
      forgetOld();
    },
    has: (id) => toldAt.has(id),
  };
};
