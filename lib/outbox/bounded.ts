import { type Clock, unlessAborted } from '../clock/clock.js';
import { AppError } from '../errors/errors.js';

/** The work's result. @throws AppError unavailable when it takes longer; then nobody waits for it */
export const bounded = <T>(
  clock: Pick<Clock, 'after'>,
  withinMs: number,
  who: string,
  work: Promise<T>,
): Promise<T> => {
  const bound = new AbortController();
  const late = new AppError('unavailable', `${who} did not answer within ${withinMs} ms.`);
  const over = clock.after(withinMs, () => bound.abort(late));
  return unlessAborted(bound.signal, work).finally(() => over.cancel());
};
