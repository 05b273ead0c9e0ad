import type { Clock } from '@tickfolio/lib/clock';
import { createThrottle, type ThrottleLimit } from '@tickfolio/lib/throttle';

/**
 * Counts pages of the exchange's history that are read for a user. @throws AppError resource_exhausted with the time
 * until there are so many again
 */
export type TakePages = (userId: string, pages: number) => void;

/** @param limit of one user; each page costs the exchange's weight, which all users share */
export const createPageAllowance = (clock: Clock, limit: ThrottleLimit): TakePages => {
  const words = 'You ask for too much of the past at once; please wait a little.';
  const throttle = createThrottle({ clock, ...limit, words });
  return (userId, pages) => {
    let taken = 0;
    try {
      for (; taken < pages; taken++) throttle.take(userId);
    } catch (err) {
      for (; taken > 0; taken--) throttle.giveBack(userId);
      throw err;
    }
  };
};
