import type { Clock } from '@tickfolio/lib/clock';

const key = 'reloaded-at';
const minGapMs = 600_000;

/**
 * Whether the page may be loaded anew, which counts as done then: once in ten minutes. Replicas of two versions side by
 * side would otherwise have it reload for ever.
 */
export const mayReload = (clock: Pick<Clock, 'now'>, storage: Pick<Storage, 'getItem' | 'setItem'>): boolean => {
  // A time to come is of before the clock was set back, and says nothing.
  const agoMs = clock.now() - Number(storage.getItem(key) ?? 0);
  if (agoMs >= 0 && agoMs < minGapMs) return false;
  storage.setItem(key, String(clock.now()));
  return true;
};
