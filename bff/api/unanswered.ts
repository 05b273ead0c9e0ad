import { AppError } from '@tickfolio/lib/errors';
import { BrokenCallError } from '@tickfolio/lib/grpc';

/**
 * A call that went out and was not answered, in time or because who took it was gone first, as opposed to one that
 * nobody took.
 */
export const isUnanswered = (thrown: unknown): thrown is AppError => {
  const cause = thrown instanceof AppError ? thrown.cause : undefined;
  return cause instanceof BrokenCallError || (cause instanceof AppError && cause.code === 'deadline_exceeded');
};

/**
 * @param again how to ask for it, or how to find out, as a sentence
 * @param who was asked, in the plural
 */
export const notKnown = (again: string, cause: unknown, who = 'Portfolios'): AppError =>
  new AppError(
    'deadline_exceeded',
    `${who} did not answer in time, so it is not known whether this was done. ${again}`,
    { cause },
  );

const isAway = (thrown: unknown): boolean => thrown instanceof AppError && thrown.code === 'unavailable';

/**
 * Asks once more where no answer came in time: it is done once in any case, and mostly only late.
 * @param again how to ask for it after that, as a sentence
 * @throws AppError `deadline_exceeded` where it is not known whether it was done, also where nobody is there to be asked
 * once more; else what the work throws
 */
export const orUnanswered = async <T>(again: string, work: () => Promise<T>, who?: string): Promise<T> => {
  try {
    return await work();
  } catch (first) {
    if (!isUnanswered(first)) throw first;
  }
  try {
    return await work();
  } catch (thrown) {
    throw isAway(thrown) ? notKnown(again, thrown, who) : thrown;
  }
};

/** How to ask again for what has a key. */
export const underKey = (key: string): string =>
  `Asked for again with the Idempotency-Key ${key}, it is done once, and the answer says what happened.`;
/** And for what is done once without one. */
export const simplyAgain = 'Asked for again, it is done once, and the answer says what happened.';
