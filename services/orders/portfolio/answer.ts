import { type AppError, type ErrorCode, toAppError } from '@tickfolio/lib/errors';
import type { Answer } from './reservations.js';

/** Whatever else is thrown says nothing of whether it was done. */
const decided: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'failed_precondition',
  'already_exists',
  'not_found',
  'invalid_argument',
  'unprocessable',
  'permission_denied',
]);

/** The closest word for a refusal. */
export const reasonOf = (error: AppError): string =>
  error.problem ?? error.fields[0]?.reason ?? error.code.replaceAll('_', '-');

/** What came of asking the portfolio service. */
export const answerOf = async <Value>(work: Promise<Value>): Promise<Answer<Value>> => {
  try {
    return { kind: 'done', value: await work };
  } catch (thrown) {
    const error = toAppError(thrown);
    const reason = reasonOf(error);
    if (reason === 'gone') return { kind: 'gone' };
    if (decided.has(error.code)) return { kind: 'refused', reason, error };
    const words = error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
    return { kind: 'unknown', words };
  }
};
