import { AppError, type CloserProblem, closerProblems, type ErrorCode } from '@tickfolio/lib/errors';

/** The problem that has the word, where it is one of this code. */
const problemOf = (code: ErrorCode, reason: string): CloserProblem | undefined => {
  const names = Object.keys(closerProblems) as CloserProblem[];
  return names.find((name) => name === reason && closerProblems[name].code === code);
};

/**
 * A command that is not done; nothing was changed. @param reason a stable word in kebab-case @param facts the figures
 * behind it, for the service that asked
 */
export const booksRefusal = (
  code: ErrorCode,
  field: string,
  reason: string,
  message: string,
  facts: Readonly<Record<string, string>> = {},
): AppError =>
  new AppError(code, message, { problem: problemOf(code, reason), fields: [{ field, message, reason }], facts });

/** Also a portfolio of somebody else. */
export const unknownPortfolio = (field: string): AppError =>
  booksRefusal('not_found', field, 'not-found', 'There is no such portfolio.');

/** Portfolios are deleted with their user only, so whoever waits for an answer need not ask again. */
export const gonePortfolio = (): AppError =>
  booksRefusal('not_found', 'portfolio_id', 'gone', 'There is no such portfolio any more.');

export const archivedPortfolio = (field: string): AppError =>
  booksRefusal('failed_precondition', field, 'archived', 'The portfolio is archived; nothing changes in it any more.');

export const unknownReservation = (): AppError =>
  booksRefusal('not_found', 'reservation_id', 'unknown-reservation', 'Nothing was ever reserved under this.');

export const wrongKind = (field: string, message: string): AppError =>
  booksRefusal('failed_precondition', field, 'wrong-kind', message);

export const notHeld = (code: 'failed_precondition' | 'not_found', symbol: string, more = ''): AppError =>
  booksRefusal(code, 'symbol', 'not-held', `No ${symbol} is held${more}.`);

/** Nobody has said yet which numbers coins have elsewhere, so none can be given here. */
export const adoptionNotBegun = (): AppError =>
  booksRefusal(
    'failed_precondition',
    'id',
    'adoption-not-begun',
    'What is held is about to be taken over; please try again soon.',
  );

/** The database is one of before: whoever asks has heard of more than it has. */
export const restoredPortfolio = (heard: number, version: number): AppError =>
  booksRefusal(
    'failed_precondition',
    'heard_version',
    'restored',
    `The portfolio is at version ${version}, and ${heard} was heard of: it was restored from a backup. Nothing was changed.`,
  );

export const tooLittle = (field: string, asset: string, available: string, needed: string): AppError =>
  booksRefusal(
    'failed_precondition',
    field,
    'insufficient-balance',
    `${available} ${asset} is available and ${needed} is needed; nothing was changed.`,
    { asset, available, needed },
  );

export const tooMuch = (field: string): AppError =>
  booksRefusal(
    'failed_precondition',
    field,
    'quantity-too-large',
    'The quantity held, with what open orders may bring, would have more than 20 digits before the point; nothing was changed.',
  );
