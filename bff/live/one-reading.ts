import type { Clock } from '@tickfolio/lib/clock';
import { AppError } from '@tickfolio/lib/errors';
import type { Owner } from '../portfolio/portfolios.js';
import type { LivePortfolios, Viewing } from './live-portfolios.js';

export interface OneReadingDeps {
  readonly live: Pick<LivePortfolios, 'join'>;
  readonly clock: Clock;
  /** How long a reading may take. Default 5 000. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Joins a live portfolio for as long as it takes to read it once. Its symbols are followed from there on, and for some
 * seconds more, so whoever asks again within them gets prices of that moment.
 * @param of what is taken; undefined until the portfolio was read
 * @param portfolioId another than the default one
 * @throws AppError unavailable
 */
export const readOnce = async <T>(
  { live, clock, timeoutMs = 5_000 }: OneReadingDeps,
  owner: Owner,
  of: (viewing: Viewing) => T | undefined,
  portfolioId?: string,
): Promise<T> => {
  let [take, fail]: [(found: T) => void, () => void] = [() => undefined, () => undefined];
  const found = new Promise<T>((resolve, reject) => {
    take = resolve;
    fail = () =>
      reject(new AppError('unavailable', 'The portfolio cannot be read at the moment.', { retryAfterMs: 2_000 }));
  });
  const late = clock.after(timeoutMs, fail);
  const look = () => {
    const one = of(viewing);
    if (one !== undefined) take(one);
  };
  const viewing = live.join(owner, { changed: look, failed: fail, once: true }, portfolioId);
  try {
    look(); // Somebody else of the user may be looking already.
    return await found;
  } finally {
    late.cancel();
    viewing.leave(); // Not inside of `changed`, whose caller is not done with the user.
  }
};
