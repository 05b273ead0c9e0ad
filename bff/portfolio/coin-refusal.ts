import { AppError } from '@tickfolio/lib/errors';

/**
 * A change that is not made. @param reason a stable word, for which the page has a sentence in its reader's language
 */
export const coinRefusal = (
  code: 'failed_precondition' | 'invalid_argument' | 'not_found',
  field: string,
  reason: string,
  message: string,
): AppError => new AppError(code, message, { fields: [{ field, message, reason }] });

export const notHeld = (code: 'failed_precondition' | 'not_found', symbol: string, more = ''): AppError =>
  coinRefusal(code, 'symbol', 'not-held', `No ${symbol} is held${more}.`);
